/** How files come in: chosen, photographed, dropped anywhere, pasted. */

import { byId } from "./dom.js";
import { mind, take } from "./reading.js";
import { tellUser, warn } from "./voice.js";
import { say } from "./words.js";

/**
 * Takes files up wherever they come from.
 * @param {() => Record<string, string>} asked the options of reading
 * @param {(documents: object[]) => void} taken called with the documents that were made of files given together
 */
export function startGiving(asked, taken) {
  const give = async (files) => {
    if (!files.length) return;
    try {
      const documents = [];
      for (const file of files) documents.push(await take(file, asked()));
      tellUser(say("added", { count: files.length }));
      taken(documents);
      await mind();
    } catch (error) {
      warn(error);
    }
  };
  for (const id of ["choose", "photograph"]) {
    byId(id).addEventListener("change", ({ target }) => {
      give([...target.files]);
      target.value = ""; // so that the same file can be chosen again
    });
  }
  startDropping(give);
  window.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (!files.length) return; // text, which goes where the caret is
    event.preventDefault();
    give(files);
  });
}

function startDropping(give) {
  const cover = byId("cover");
  let depth = 0; // dragenter and dragleave come for each element that is crossed
  const carries = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  const show = (by) => {
    depth = Math.max(0, depth + by);
    cover.hidden = depth === 0;
  };
  window.addEventListener("dragenter", (event) => carries(event) && (event.preventDefault(), show(1)));
  window.addEventListener("dragleave", (event) => carries(event) && show(-1));
  window.addEventListener("dragover", (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
  });
  window.addEventListener("drop", (event) => {
    depth = 0;
    cover.hidden = true;
    if (!event.dataTransfer || event.target.closest?.("textarea, input") && !carries(event)) return;
    event.preventDefault();
    filesIn(event.dataTransfer).then((files) => (files.length ? give(files) : tellUser(say("nothingDropped"))), warn);
  });
}

/** The files in what was dropped, those in folders too. What is dropped is there only until the event is over. */
async function filesIn(dropped) {
  const entries = [...dropped.items].filter(({ kind }) => kind === "file").map((item) => item.webkitGetAsEntry?.() ?? item.getAsFile());
  const files = entries.some((entry) => entry?.isDirectory) ? await Promise.all(entries.map(filesOf)) : [[...dropped.files]];
  return files.flat();
}

async function filesOf(entry) {
  if (!entry || entry instanceof File) return entry ? [entry] : [];
  if (entry.isFile) return [await new Promise((resolve, reject) => entry.file(resolve, reject))];
  const reader = entry.createReader();
  const found = [];
  // A reader gives a hundred at a time, and none at the end.
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) break;
    found.push(...some);
  }
  found.sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
  return (await Promise.all(found.filter(({ name }) => !name.startsWith(".")).map(filesOf))).flat();
}
