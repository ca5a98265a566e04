/** The user's work, kept in this browser: documents, their files, pages as they were read, pictures and edits. */

const NAME = "ocrkit";
const VERSION = 1;
// Edits stand one a line, so that two tabs on one page do not overwrite each other's.
const STORES = ["documents", "files", "pages", "pictures", "edits"];

let opened = null;

/** Whether the browser keeps what is stored when the page is left. */
export let lasting = true;

function database() {
  opened ??= new Promise((resolve) => {
    const asked = indexedDB.open(NAME, VERSION);
    asked.onupgradeneeded = () => STORES.forEach((name) => asked.result.createObjectStore(name));
    asked.onsuccess = () => {
      // Another tab with a newer page may raise the version; holding on would block it.
      asked.result.onversionchange = () => asked.result.close();
      resolve(asked.result);
    };
    asked.onerror = () => resolve(null);
    asked.onblocked = () => resolve(null);
  }).catch(() => null);
  return opened;
}

const memory = new Map(STORES.map((name) => [name, new Map()]));

async function run(names, mode, call) {
  const base = await database();
  if (!base) {
    lasting = false;
    return call((name) => inMemory(memory.get(name)));
  }
  return new Promise((resolve, reject) => {
    const transaction = base.transaction(names, mode);
    let result;
    transaction.oncomplete = () => resolve(result);
    transaction.onabort = () => reject(transaction.error ?? new Error("the browser would not store it"));
    Promise.resolve(call((name) => inBase(transaction.objectStore(name)))).then(
      (value) => (result = value),
      (error) => {
        reject(error);
        transaction.abort();
      },
    );
  });
}

function inBase(store) {
  const done = (asked) =>
    new Promise((resolve, reject) => {
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
  return {
    get: (key) => done(store.get(key)),
    put: (key, value) => done(store.put(value, key)),
    remove: (key) => done(store.delete(key)),
    all: async (prefix) => {
      const range = prefix && below(prefix);
      const [keys, values] = await Promise.all([done(store.getAllKeys(range)), done(store.getAll(range))]);
      return keys.map((key, at) => [key, values[at]]);
    },
    clear: (prefix) => done(store.delete(below(prefix))),
  };
}

/** All array keys that begin with `prefix`. */
function below(prefix) {
  return IDBKeyRange.bound(prefix, [...prefix, []]);
}

function inMemory(map) {
  const name = (key) => JSON.stringify(key);
  const starts = (prefix) => (key) => prefix.every((part, at) => key[at] === part);
  return {
    get: async (key) => map.get(name(key)),
    put: async (key, value) => void map.set(name(key), value),
    remove: async (key) => void map.delete(name(key)),
    all: async (prefix) =>
      [...map].map(([key, value]) => [JSON.parse(key), value]).filter(([key]) => !prefix || starts(prefix)(key)),
    clear: async (prefix) => [...map.keys()].filter((key) => starts(prefix)(JSON.parse(key))).forEach((key) => map.delete(key)),
  };
}

/** All documents, oldest first. */
export async function documents() {
  const all = await run(["documents"], "readonly", (at) => at("documents").all());
  return all.map(([, document]) => document).sort((a, b) => a.added - b.added);
}

/** The document of an id, or undefined. */
export function document(id) {
  return run(["documents"], "readonly", (at) => at("documents").get(id));
}

/** Takes up a document with its file. */
export function add(document, file) {
  return run(["documents", "files"], "readwrite", async (at) => {
    await at("files").put(document.id, file);
    await at("documents").put(document.id, document);
  });
}

/**
 * Changes some of a document's values; gives the document, or undefined where it was thrown away.
 * @param {string} id
 * @param {object} values
 * @param {(document: object) => boolean} [where] nothing is changed where it says no
 */
export function change(id, values, where = () => true) {
  return run(["documents"], "readwrite", async (at) => {
    const before = await at("documents").get(id);
    if (!before || !where(before)) return before;
    const after = { ...before, ...values };
    await at("documents").put(id, after);
    return after;
  });
}

/** Throws a document away, with all that belongs to it. */
export function discard(id) {
  return run(STORES, "readwrite", async (at) => {
    await at("documents").remove(id);
    await at("files").remove(id);
    for (const name of ["pages", "pictures", "edits"]) await at(name).clear([id]);
  });
}

/** A document's file as it was given. */
export function file(id) {
  return run(["files"], "readonly", (at) => at("files").get(id));
}

/** Puts a page down as it was read, with its picture where there is one; one that is there already stays. */
export function putPage(id, number, record, picture) {
  return run(["documents", "pages", "pictures"], "readwrite", async (at) => {
    if (!(await at("documents").get(id))) return;
    const before = await at("pages").get([id, number]);
    if (!before || before.error) await at("pages").put([id, number], record);
    if (picture) await at("pictures").put([id, number], picture);
  });
}

/** A page as it was read, or undefined. */
export function page(id, number) {
  return run(["pages"], "readonly", (at) => at("pages").get([id, number]));
}

/** The pages of a document that were read, as pairs of number and record. */
export async function pages(id) {
  const all = await run(["pages"], "readonly", (at) => at("pages").all([id]));
  return all.map(([[, number], record]) => [number, record]);
}

/** A page's picture, or undefined. */
export function picture(id, number) {
  return run(["pictures"], "readonly", (at) => at("pictures").get([id, number]));
}

/** The edits of a page's lines, by the lines' names. */
export async function edits(id, number) {
  const all = await run(["edits"], "readonly", (at) => at("edits").all([id, number]));
  return new Map(all.map(([[, , line], edit]) => [line, edit]));
}

/** Puts down what was done to a line; nothing done takes it away. */
export function putEdit(id, number, line, edit) {
  return run(["documents", "edits"], "readwrite", async (at) => {
    if (!(await at("documents").get(id))) return;
    if (Object.keys(edit).length) await at("edits").put([id, number, line], edit);
    else await at("edits").remove([id, number, line]);
  });
}
