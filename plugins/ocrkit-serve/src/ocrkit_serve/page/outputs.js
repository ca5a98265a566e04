/** What leaves the page: files of the corrected text, and lines that are kept for training. */

import { byId, make } from "./dom.js";
import * as journal from "./journal.js";
import { checkedLines, corrected, inGroups } from "./merging.js";
import { liveJob } from "./reading.js";
import * as server from "./server.js";
import * as store from "./store.js";
import { tellUser, warn } from "./voice.js";
import { say } from "./words.js";

const OUTPUTS = [
  ["text", "outText", "txt"],
  ["markdown", "outMarkdown", "md"],
  ["pdf", "outPdf", "pdf"],
  ["alto", "outAlto", "xml"],
  ["page", "outPage", "xml"],
  ["hocr", "outHocr", "hocr"],
  ["json", "outJson", "json"],
  ["tsv", "outTsv", "tsv"],
  ["overlay", "outOverlay", "png"],
];
const PICTURED = new Set(["pdf", "overlay"]); // outputs that are made of the pictures too
const KINDS = { "application/zip": "zip", "image/jpeg": "jpg", "image/png": "png" };

/** The outputs that can be had: those that the page has words for, and what else the server names. */
export function fillOutputs(named, count, write) {
  const known = new Map(OUTPUTS.map(([to, word]) => [to, say(word)]));
  const all = named?.length ? named : [...known.keys()];
  const order = [...known.keys()].filter((to) => all.includes(to)).concat(all.filter((to) => !known.has(to)));
  byId("downloads").replaceChildren(
    make("p.small", {}, say("downloadPages", { count })),
    make("button.quiet", { type: "button", "data-to": "clipboard", onclick: () => write("clipboard") }, make("span", {}, say("copyText"))),
    ...order.map((to) => make("button.quiet", { type: "button", "data-to": to, onclick: () => write(to) }, make("span", {}, known.get(to) ?? to), make("code", {}, extension(to)))),
  );
}

function extension(to) {
  return `.${OUTPUTS.find(([name]) => name === to)?.[2] ?? to}`;
}

/** The pages of a document with their corrections, and which of their lines a person found right. */
export async function correctedPages(id) {
  const pages = [];
  const checked = {};
  for (const [number, record] of await store.pages(id)) {
    const edits = await journal.edits(id, number);
    pages.push(corrected(record, edits));
    checked[number] = checkedLines(edits);
  }
  return { pages, checked };
}

/** Copies the corrected text, to be pasted elsewhere. */
export async function copyText(document) {
  try {
    const { pages } = await correctedPages(document.id);
    const text = await asText(pages).text();
    // Pages that came by plain HTTP from another machine have no clipboard of the new kind.
    if (navigator.clipboard) await navigator.clipboard.writeText(text);
    else copyByField(text);
    tellUser(say("copied"));
  } catch (error) {
    warn(error);
  }
}

function copyByField(text) {
  const field = make("textarea.unseen", { "aria-hidden": "true" });
  field.value = text;
  globalThis.document.body.append(field);
  field.select();
  globalThis.document.execCommand("copy");
  field.remove();
}

/** Writes a document's corrected pages to a file of the user's. */
export async function download(document, to, called) {
  const stem = called.replace(/\.[^.]{1,5}$/u, "") || "page";
  tellUser(say("preparing", { name: stem + extension(to) }), { stays: true });
  try {
    const { pages } = await correctedPages(document.id);
    const { blob, name } = await made(document, pages, to);
    const ending = KINDS[blob.type.split(";")[0]] ?? name?.split(".").at(-1) ?? extension(to).slice(1);
    save(blob, `${stem}.${ending}`);
    tellUser(say("downloaded", { name: `${stem}.${ending}` }));
  } catch (error) {
    warn(error);
  }
}

async function made(document, pages, to) {
  try {
    return await server.render(pages, to, PICTURED.has(to) ? await liveJob(document.id) : null);
  } catch (error) {
    // Text and JSON can be had without the server, which may be away just when somebody wants to save the work.
    if (!(error instanceof server.Away) || (to !== "text" && to !== "json")) throw error;
    return { blob: to === "json" ? asJson(pages) : asText(pages), name: null };
  }
}

function asJson(pages) {
  const rows = pages.map((page) => JSON.stringify(page)).join(",\n");
  return new Blob([`{"format": "ocrkit pages", "version": 1, "pages": [\n${rows}\n]}\n`], { type: "application/json" });
}

function asText(pages) {
  const regions = (page) => page.regions.map((region) => region.lines.map((line) => line.text ?? "").join("\n"));
  return new Blob([pages.map((page) => `${regions(page).join("\n\n")}\n`).join("\f")], { type: "text/plain" });
}

function save(blob, name) {
  const link = make("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** Hands the lines that were found right over for training. */
export async function keep(document) {
  try {
    const { pages, checked } = await correctedPages(document.id);
    const none = !Object.values(checked).some((lines) => lines.length);
    if (none && !document.kept) return void tellUser(say("keepNothing"));
    tellUser(say("keeping"), { stays: true });
    // Noted before, since an answer may be lost; where nothing is checked any more, the server takes out what it has.
    await store.change(document.id, { kept: true });
    const job = await liveJob(document.id);
    const answers = [];
    for (const group of inGroups(pages)) {
      const ids = Object.fromEntries(group.map(({ number }) => [number, checked[number]]));
      answers.push(await server.keep({ job, pages: group, checked: ids }));
    }
    const sum = (name) => answers.reduce((total, answer) => total + answer[name], 0);
    const [lines, replaced] = [sum("lines"), sum("replaced")];
    const leftOut = answers.flatMap((answer) => answer.left_out ?? []);
    if (none) {
      await store.change(document.id, { kept: false });
      return void tellUser(say(replaced ? "keptNoMore" : "keepNothing", { count: replaced }));
    }
    const told = [say("kept", { count: lines }), ...(leftOut.length ? [say("leftOut", { count: leftOut.length })] : [])];
    tellUser(told.join(" · "));
  } catch (error) {
    warn(error);
  }
}
