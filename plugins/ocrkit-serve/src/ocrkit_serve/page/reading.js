/**
 * What happens to a file after it was given: it is sent, its job is watched, its pages are fetched as they are read.
 * All of it stands in the store, so that a page that is loaded again goes on where the last one was.
 */

import * as server from "./server.js";
import * as store from "./store.js";
import { alone, listen, tell } from "./tabs.js";

const AT_ONCE = 3; // documents that one tab minds
const LONGEST = 2400; // px of the longer side of pictures
const POLLS = { first: 300, most: 2500 }; // milliseconds
const AWAY = { first: 1500, most: 8000 };
const ELSEWHERE = 4000; // milliseconds until a document that another tab minds is looked at again
const RESENT = 2; // times that a file is sent again after the server forgot its job

const UNFINISHED = new Set(["waiting", "sending", "reading"]);
const minded = new Map(); // id -> AbortController

/**
 * How far the documents that this tab minds are, by id; what changes too fast, or too soon passes, to be stored.
 * @type {Map<string, {sent?: number, trouble?: "away" | "busy"}>}
 */
export const progress = new Map();

/** Whether a document is still to be sent or read. */
export function unfinished(document) {
  return UNFINISHED.has(document.state);
}

/** Takes up a file; gives the document that stands for it. */
export async function take(file, asked) {
  const id = [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const document = {
    id, asked, name: file.name || "", size: file.size, added: Date.now() + minded.size / 1000,
    state: "waiting", job: null, pages: null, done: 0, resent: 0, error: null,
  };
  await store.add(document, file);
  tell({ kind: "document", document: id });
  return document;
}

/** Sees to it that unfinished documents are minded, as many at once as is good. */
export async function mind() {
  for (const document of await store.documents()) {
    if (minded.size >= AT_ONCE) return;
    if (!unfinished(document) || minded.has(document.id)) continue;
    mindOne(document.id);
  }
}

// What fails here, as where the store cannot be written, is told by the page, and tried again.
async function mindOne(id) {
  const stop = new AbortController();
  minded.set(id, stop);
  let worked = false;
  try {
    worked = await alone(id, () => attend(id, stop.signal));
  } finally {
    minded.delete(id);
    progress.delete(id);
    setTimeout(mind, worked ? 0 : ELSEWHERE);
  }
  if (worked) tell({ kind: "document", document: id });
}

/** Stops the reading of a document; what was read of it stays. */
export async function cancel(id) {
  const before = await set(id, { state: "cancelled" }, unfinished);
  minded.get(id)?.abort();
  if (before?.job) await server.forget(before.job).catch(() => {});
}

/** Reads a document once more from its file; pages that are there stay as they are. */
export async function again(id) {
  await set(id, { state: "waiting", job: null, error: null, resent: 0 });
  await mind();
}

/** Throws a document away, here and on the server. */
export async function discard(id) {
  const before = await store.document(id);
  minded.get(id)?.abort();
  await store.discard(id);
  tell({ kind: "discarded", document: id });
  if (before?.job) await server.forget(before.job).catch(() => {});
}

/** A job on the server that has the document's pictures: its own where it still stands, else its file is sent anew. */
export async function liveJob(id) {
  const document = await store.document(id);
  const signal = new AbortController().signal;
  if (document.job && (await stands(document.job, signal))) return document.job;
  const job = await server.send(await store.file(id), document.name || "page", document.asked, { signal, progress: () => {} });
  await set(id, { job });
  while (!["done", "failed"].includes((await server.job(job, signal)).state)) await pause(POLLS.first, signal);
  return job;
}

async function stands(job, signal) {
  try {
    return ["done", "reading", "waiting"].includes((await server.job(job, signal)).state);
  } catch (error) {
    if (forgotten(error)) return false;
    throw error;
  }
}

let look = 0;

listen(({ kind, document: id }, elsewhere) => {
  if (!elsewhere) return;
  // The other tab may be closed in the middle of it; then this one goes on.
  clearTimeout(look);
  look = setTimeout(mind, ELSEWHERE);
  if (kind === "discarded") minded.get(id)?.abort();
  else if (kind === "document") {
    store.document(id).then((document) => document?.state === "cancelled" && minded.get(id)?.abort());
  }
});

async function set(id, values, where) {
  const after = await store.change(id, values, where);
  tell({ kind: "document", document: id });
  return after;
}

async function attend(id, signal) {
  let wait = AWAY.first;
  while (!signal.aborted) {
    try {
      const document = await store.document(id);
      if (!document || !unfinished(document)) return;
      note(id, { trouble: undefined });
      if (!document.job) await sendFile(document, signal);
      else await watch(document, signal);
      wait = AWAY.first;
    } catch (error) {
      if (signal.aborted || error.name === "AbortError") return;
      if (error instanceof server.Away || error.status === 502 || (error.status === 503 && error.retryAfter !== null)) {
        note(id, { trouble: error instanceof server.Away ? "away" : "busy" });
        await pause(Math.max(wait, (error.retryAfter ?? 0) * 1000), signal).catch(() => {});
        wait = Math.min(2 * wait, AWAY.most);
      } else if (!(await resend(id, error))) {
        await set(id, { state: "failed", error: told(error) }, unfinished);
        return;
      }
    }
  }
}

async function sendFile(document, signal) {
  await set(document.id, { state: "sending" }, unfinished);
  const sent = (share) => note(document.id, { sent: share });
  const file = await store.file(document.id);
  const job = await server.send(file, document.name || "page", document.asked, { signal, progress: sent });
  // A file that was cancelled while its answer was under way: the job is told so too.
  if ((await set(document.id, { state: "reading", job }, unfinished))?.state === "cancelled") await server.forget(job);
}

/** Follows a job to its end, page by page. */
async function watch({ id, job }, signal) {
  const read = (await store.pages(id)).filter(([, record]) => !record.error);
  const here = new Set(read.map(([number]) => number));
  const broken = new Map(); // what was said of pages that could not be opened
  for (let wait = POLLS.first; ; wait = Math.min(1.4 * wait, POLLS.most)) {
    const { state, pages, done, error } = await server.job(job, signal);
    await set(id, { state: "reading", pages: pages ?? null, done: Math.max(done, here.size) }, unfinished);
    for (let number = 1; number <= (pages ?? done); number += 1) {
      if (here.has(number)) continue;
      if (number > done && state !== "done") break;
      const record = await fetchPage(id, job, number, signal);
      if (!record) break;
      if (record.error) broken.set(number, record.error);
      here.add(number);
      wait = POLLS.first;
    }
    if (state === "failed" || state === "cancelled") {
      await set(id, { state, error: state === "failed" ? told(error) : null }, unfinished);
      return;
    }
    if (state === "done") {
      const whole = { done: here.size - broken.size, broken: broken.size, pages: pages ?? here.size };
      const none = here.size === broken.size;
      const error = none && broken.size ? { status: 422, reason: [...broken.values()][0], wayOut: "" } : null;
      await set(id, { ...whole, state: error ? "failed" : state, error }, unfinished);
      return;
    }
    await pause(wait, signal);
  }
}

async function fetchPage(id, job, number, signal) {
  const record = await server.page(job, number, signal);
  if (!record) return null;
  // A page that could not be opened has no picture, and is shown all the same.
  const picture = await server.picture(job, number, LONGEST, signal).catch((error) => {
    if (error instanceof server.Refusal) return null;
    throw error;
  });
  await store.putPage(id, number, record, picture);
  tell({ kind: "page", document: id, number });
  return record;
}

function forgotten(error) {
  return error instanceof server.Refusal && (error.status === 404 || error.status === 410);
}

async function resend(id, error) {
  const document = await store.document(id);
  if (!forgotten(error) || !document?.job || document.resent >= RESENT) return false;
  await set(id, { job: null, state: "waiting", resent: document.resent + 1 }, unfinished);
  return true;
}

/** An error as it is stored. */
function told(error) {
  if (error?.name === "QuotaExceededError") return { status: "Store", reason: "", wayOut: "" };
  if (error instanceof server.Refusal) return { status: error.status, reason: error.reason, wayOut: error.wayOut };
  if (typeof error === "string") return { status: 0, reason: error, wayOut: "" };
  return { status: error?.status ?? 0, reason: error?.reason ?? error?.message ?? "", wayOut: error?.way_out ?? "" };
}

function note(id, values) {
  progress.set(id, { ...progress.get(id), ...values });
  tell({ kind: "document", document: id });
}

function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(done, milliseconds);
    const stop = () => (clearTimeout(timer), reject(new DOMException("cancelled", "AbortError")));
    function done() {
      signal.removeEventListener("abort", stop);
      resolve();
    }
    signal.addEventListener("abort", stop, { once: true });
  });
}
