/** A page of a document on the desk: its picture, its lines, and the way to the pages beside it. */

import { addressOf, addressed } from "./address.js";
import { byId, icon, make } from "./dom.js";
import { activeRow, count, editPage, editedElsewhere, editsOf, focusLine, nearLine, putBack, startEditing, toDoubt } from "./editing.js";
import { showLines } from "./lines.js";
import { linesOf } from "./merging.js";
import * as picture from "./picture.js";
import { again, cancel, unfinished } from "./reading.js";
import { fillProgress, nameOf, standing } from "./shelf.js";
import * as store from "./store.js";
import { showStrips } from "./strips.js";
import { listen } from "./tabs.js";
import { say } from "./words.js";

let shown = { id: "", number: 0, page: null };
let pages = 1; // of the document
let url = null; // of the picture
let previewed = ""; // the document whose file is shown while it is read

/** Makes the desk ready; pages come to it by `openPage`. */
export function startDesk() {
  startEditing();
  picture.startPicture({ pick: focusLine, near: nearLine });
  byId("previous-page").addEventListener("click", () => turn(-1));
  byId("next-page").addEventListener("click", () => turn(1));
  listen(({ kind, document: id, number, line }, elsewhere) => {
    if (id !== shown.id) return;
    if (kind === "edit") elsewhere && number === shown.number && editedElsewhere(line);
    else if (kind === "discarded") openPage(id, shown.number);
    else if (kind === "document" || (number === shown.number && !shown.page)) refresh();
  });
  window.addEventListener("keydown", deskKeys);
}

/** What stands on the desk: the document's id and the page's number. */
export function onDesk() {
  return shown;
}

/** Puts a page on the desk, whether it is read yet or not. */
export async function openPage(id, number) {
  const here = { id, number, page: null };
  shown = here;
  const [document, page, blob] = await Promise.all([store.document(id), store.page(id, number), store.picture(id, number)]);
  const edits = await editsOf(id, number); // last, so that nothing is typed between this and its being shown
  if (shown !== here) return; // another was opened meanwhile, or the same once more
  here.page = page ?? null;
  head(document);
  if (page) showPicture(document, page, blob, false);
  else await showPreview(document);
  if (shown !== here) return;
  showLines(page ?? {}, edits, putBack);
  Object.assign(byId("desk").dataset, { document: id, page: number }); // whose lines stand there now
  editPage(id, number, number >= (document?.pages ?? 1));
  showStrips();
  notice(document, page);
}

/** Writes the words of the desk anew, as after a change of language. */
export async function refreshDesk() {
  if (shown.id) await openPage(shown.id, shown.number);
}

/** Goes to another page of the document, counted from the one that is asked for: keys may come faster than pages open. */
export function turn(by) {
  const { id, number } = addressed();
  const to = number + by;
  if (id === shown.id && to >= 1 && to <= pages) location.hash = addressOf(id, to);
}

function head(document) {
  const name = document ? nameOf(document) : "";
  byId("title").textContent = name;
  globalThis.document.title = name ? `${name} · ocrkit` : "ocrkit";
  pages = Math.max(document?.pages ?? 1, 1);
  byId("pager").hidden = pages < 2;
  byId("page-place").textContent = say("pagePlace", { number: shown.number, pages });
  byId("previous-page").disabled = shown.number <= 1;
  byId("next-page").disabled = shown.number >= pages;
  byId("download").disabled = !document?.done;
  byId("keep").disabled = !document?.done;
}

function showPicture(document, { width, height, ...page }, blob, preview) {
  previewed = preview ? document?.id : "";
  if (url) URL.revokeObjectURL(url);
  url = blob ? URL.createObjectURL(blob) : null;
  const name = say("pictureOf", { number: shown.number, name: document ? nameOf(document) : "" });
  picture.showPicture({ width, height, url, name, lines: [...linesOf(page)], preview });
}

/** What the browser itself can show of a page that is still to be read. */
async function showPreview(document) {
  const file = document && shown.number === 1 ? await store.file(document.id) : null;
  if (previewed === document?.id && file) return;
  const size = file && (await createImageBitmap(file).catch(() => null));
  showPicture(document, { width: size?.width ?? 3, height: size?.height ?? 4 }, size ? file : null, true);
  size?.close();
}

async function refresh() {
  const here = shown;
  const { id, number } = here;
  const read = !here.page && (await store.page(id, number));
  const document = await store.document(id);
  if (shown !== here) return; // another was opened meanwhile, or the same once more
  if (read && !here.page) return openPage(id, number);
  head(document);
  if (!here.page) notice(document, null);
}

function notice(document, page) {
  const place = byId("notice");
  const said = noticeOf(document, page);
  place.hidden = !said;
  if (!said) return;
  const what = page || !document || document.state === "done" ? "" : unfinished(document) ? "cancel" : "again";
  // A button that is pressed, or has the focus, is not to be exchanged under the hand.
  if (place.dataset.for !== `${document?.id} ${what} ${say("cancel")}`) {
    place.dataset.for = `${document?.id} ${what} ${say("cancel")}`;
    place.replaceChildren(make("p"), ...(what ? [make("progress", { max: "1" }), noticeButton(document.id, what)] : []));
  }
  place.firstChild.replaceChildren(said.text, ...(said.detail ? [" ", make("span.detail", { lang: "en" }, said.detail)] : []));
  if (what) fillProgress(place.querySelector("progress"), document);
}

function noticeButton(id, what) {
  const [sign, act] = what === "cancel" ? ["stop", cancel] : ["again", again];
  return make("button", { type: "button", "data-do": what, onclick: () => act(id) }, icon(sign), make("span", {}, say(what)));
}

function noticeOf(document, page) {
  if (!document) return { text: say("gone") };
  if (page?.error) return { text: say("pageFailed"), detail: page.error };
  if (page) return [...linesOf(page)].length ? null : { text: say("noLines") };
  return standing(document);
}

function deskKeys(event) {
  if (document.body.dataset.view !== "desk" || document.querySelector("dialog[open]")) return;
  const { key, code, altKey } = event;
  if (altKey && code === "KeyV") {
    if (byId("picture").contains(document.activeElement)) (activeRow()?.field ?? byId("lines").querySelector("textarea"))?.focus();
    else byId("picture").focus();
  } else if (altKey && code === "KeyN") toDoubt(1);
  else if (altKey && code === "KeyB") toDoubt(-1);
  else if (altKey && (key === "PageDown" || key === "PageUp")) turn(key === "PageDown" ? 1 : -1);
  else return;
  event.preventDefault();
}
