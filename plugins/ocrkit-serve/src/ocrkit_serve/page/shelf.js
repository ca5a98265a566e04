/** The documents: how far each is, and what can be done with it. */

import { addressOf } from "./address.js";
import { sure } from "./dialogs.js";
import { byId, icon, make } from "./dom.js";
import { again, cancel, discard, progress, unfinished } from "./reading.js";
import * as store from "./store.js";
import { listen } from "./tabs.js";
import { tellUser } from "./voice.js";
import { say, size, trouble } from "./words.js";

const rows = new Map(); // id -> the parts of its row
const states = new Map(); // id -> the state that was told last
const thumbnails = new Map(); // id -> object URL

/** Fills the list and keeps it true, whichever tab something happens in. */
export async function startShelf() {
  listen(({ kind, document: id }) => {
    if (kind === "discarded") drop(id);
    else if (kind !== "edit") refresh(id);
  });
  byId("discard-all").addEventListener("click", discardAll);
  await refreshAll();
}

async function discardAll() {
  if (!(await sure())) return;
  for (const { id } of await store.documents()) await discard(id);
  tellUser(say("allDiscarded"));
  byId("main").focus();
}

/** Writes all rows anew, as after a change of language. */
export async function refreshAll() {
  const documents = await store.documents();
  documents.forEach(show);
  empty();
}

/** What a document is called. */
export function nameOf(document) {
  return document.name || say("unnamed");
}

const running = new Map(); // id -> whether something changed while its row was being written

// Progress comes faster than the store answers: one look at a time, and one more where something changed meanwhile.
async function refresh(id) {
  if (running.has(id)) return void running.set(id, true);
  running.set(id, false);
  const document = await store.document(id);
  if (document) show(document);
  empty();
  const more = running.get(id);
  running.delete(id);
  if (more) refresh(id);
}

function show(document) {
  const { id } = document;
  if (!rows.has(id)) {
    rows.set(id, rowOf(id));
    byId("documents").prepend(rows.get(id).item);
  }
  const row = rows.get(id);
  const { text, detail } = standing(document);
  row.item.dataset.state = document.state;
  row.name.textContent = nameOf(document);
  row.name.href = addressOf(id);
  row.size.textContent = size(document.size);
  row.say.replaceChildren(text, ...(detail ? [" ", make("span.detail", { lang: "en" }, detail)] : []));
  fillProgress(row.progress, document);
  fillButtons(row, document);
  thumbnail(row, document);
  announce(document);
}

function rowOf(id) {
  const name = make("a.name", {});
  const [said, sized, bar] = [make("p.say", {}), make("span.size", {}), make("progress", { max: "1" })];
  const [thumb, buttons] = [make("div.thumb", { "aria-hidden": "true" }, icon("sheet")), make("div.row-buttons", {})];
  const item = make("li.document", { "data-document": id }, thumb, make("div.about", {}, make("div.about-head", {}, name, sized), said, bar), buttons);
  return { item, name, say: said, size: sized, progress: bar, thumb, buttons };
}

/** How a document stands, in words. */
export function standing(document) {
  const { sent, trouble: held } = progress.get(document.id) ?? {};
  const { state, done, pages, broken } = document;
  if (unfinished(document) && held) return { text: say(held), detail: "" };
  if (state === "sending" && sent !== undefined) return { text: say("sending", { share: Math.round(100 * sent) }), detail: "" };
  if (state === "reading" && pages > 1) return { text: say("readingPages", { done, pages }), detail: "" };
  if (state === "done" && broken) return { text: `${say("done", { count: done })} · ${say("broken", { count: broken })}`, detail: "" };
  if (state === "done") return { text: say("done", { count: done }), detail: "" };
  if (state === "cancelled" && done) return { text: say("cancelledPages", { done }), detail: "" };
  if (state === "failed") {
    const { text, detail } = trouble(document.error ?? { status: 0 });
    return { text: text ? `${say("failed")}: ${text}` : `${say("failed")}:`, detail };
  }
  return { text: say(state === "sending" ? "waiting" : state), detail: "" };
}

/** Shows on a bar how far a document is. */
export function fillProgress(bar, document) {
  const { state, done, pages } = document;
  bar.hidden = !unfinished(document);
  bar.setAttribute("aria-label", nameOf(document));
  const sent = progress.get(document.id)?.sent;
  if (state === "sending" && sent !== undefined) bar.value = 0.3 * sent;
  else if (state === "reading" && pages) bar.value = 0.3 + (0.7 * done) / pages;
  else bar.removeAttribute("value");
}

function fillButtons(row, document) {
  const { id, state, done } = document;
  const name = nameOf(document);
  const wanted = [];
  if (done || state === "done") wanted.push(["open", "open", () => (location.hash = addressOf(id))]);
  if (unfinished(document)) wanted.push(["cancel", "stop", () => cancel(id)]);
  if (state === "failed" || state === "cancelled") wanted.push(["again", "again", () => again(id)]);
  if (!unfinished(document)) wanted.push(["discard", "gone", () => discardAsked(document)]);
  const key = `${wanted.map(([what]) => what)} ${say("open")}`;
  if (row.key === key) return; // A button that is pressed, or has the focus, is not to be exchanged under the hand.
  row.key = key;
  const focused = row.buttons.contains(globalThis.document.activeElement);
  row.buttons.replaceChildren(
    ...wanted.map(([what, sign, onclick]) =>
      make("button.quiet", { type: "button", "data-do": what, "aria-label": say(`${what}Named`, { name }), onclick }, icon(sign), make("span", {}, say(what))),
    ),
  );
  if (focused) row.name.focus();
}

async function discardAsked(document) {
  const name = nameOf(document);
  if (!(await sure(name))) return;
  await discard(document.id);
  tellUser(say("isDiscarded", { name }));
  byId("main").focus();
}

async function thumbnail(row, document) {
  if (thumbnails.has(document.id) || !document.done) return;
  thumbnails.set(document.id, null);
  const picture = await store.picture(document.id, 1);
  if (!picture) return void thumbnails.delete(document.id);
  const url = URL.createObjectURL(await small(picture));
  thumbnails.set(document.id, url);
  row.thumb.replaceChildren(make("img", { src: url, alt: "" }));
}

// A list of many documents must not hold all their pictures in full.
async function small(picture) {
  const bitmap = await createImageBitmap(picture, { resizeWidth: 160, resizeQuality: "medium" });
  const canvas = make("canvas", { width: bitmap.width, height: bitmap.height });
  canvas.getContext("2d").drawImage(bitmap, 0, 0);
  bitmap.close();
  return new Promise((resolve) => canvas.toBlob((blob) => resolve(blob ?? picture), "image/jpeg", 0.8));
}

function announce(document) {
  const before = states.get(document.id);
  states.set(document.id, document.state);
  if (!before || before === document.state) return;
  const unseen = byId("desk").dataset.document === document.id;
  if (document.state === "done") tellUser(say("isDone", { name: nameOf(document) }), { unseen });
  if (document.state === "failed") tellUser(say("isFailed", { name: nameOf(document) }), { unseen });
}

function drop(id) {
  rows.get(id)?.item.remove();
  rows.delete(id);
  if (thumbnails.get(id)) URL.revokeObjectURL(thumbnails.get(id));
  thumbnails.delete(id);
  empty();
}

function empty() {
  byId("work").hidden = rows.size === 0;
  byId("discard-all").hidden = rows.size < 2;
  byId("work-kept").textContent = say(store.lasting ? "workKept" : "workNotKept");
}
