/** How lines are edited: keys, suggestions, states, and what is done is put down at once. */

import { byId, settled } from "./dom.js";
import * as journal from "./journal.js";
import { allRows, doubtfulPlaces, nextDoubt, offersOf, refreshRow, replaceIn, rowOf, tally } from "./lines.js";
import * as picture from "./picture.js";
import { inThisTab } from "./remembered.js";
import { tell } from "./tabs.js";
import { showTools } from "./tools.js";
import { tellUser, warn } from "./voice.js";
import { say } from "./words.js";

const LINE = "ocrkit.line"; // where this tab was, for when the page is loaded again
const list = byId("lines");
let at = { document: "", number: 0, last: true };
let active = null;
const unsaved = new Set(); // rows
const saving = new Set();
const putting = new Set(); // promises

/** Makes the list of lines answer to keys, pointer and typing. */
export function startEditing() {
  list.addEventListener("focusin", ({ target }) => target.matches("textarea") && activate(rowAt(target)));
  list.addEventListener("input", ({ target }) => edited(rowAt(target)));
  list.addEventListener("focusout", ({ target }) => target.matches("textarea") && left(rowAt(target)));
  list.addEventListener("keydown", keyed);
  list.addEventListener("paste", pasted);
  list.addEventListener("pointerover", ({ target, pointerType }) => pointerType === "mouse" && near(rowAt(target)));
  list.addEventListener("pointerleave", () => picture.near(null));
  byId("next-doubt").addEventListener("click", () => toDoubt(1));
}

/** Says which page is edited. */
export function editPage(document, number, last) {
  at = { document, number, last };
  active = null;
  for (const row of allRows()) {
    row.at = at; // the page may be turned before what is done to it is put down
    showState(row);
  }
  count();
  const [id, page, key] = JSON.parse(inThisTab.get(LINE) ?? "[]");
  if (id !== document || page !== number || !rowOf(key)) return;
  activate(rowOf(key));
  active.item.scrollIntoView({ block: "center" });
}

/** The line that has, or had last, the focus. */
export function activeRow() {
  return active;
}

/** Brings a line's field into focus. */
export function focusLine(key) {
  rowOf(key)?.field.focus();
}

/** Shows which line the pointer is at in the picture. */
export function nearLine(key) {
  for (const item of list.querySelectorAll(".near")) item.classList.remove("near");
  picture.near(key);
  if (!key) return;
  const { item } = rowOf(key);
  item.classList.add("near");
  linger(() => item.scrollIntoView({ block: "nearest" }));
}

// A pointer on its way to somewhere else must not make things run about.
const linger = settled((call) => call(), 180);

function near(row) {
  picture.near(row?.key ?? null);
  linger(() => row && picture.reveal(row.key));
}

// A field that is taken from the list says so when its line's name is already another page's line.
function rowAt(target) {
  const item = target.closest("li[data-line]");
  const row = rowOf(item?.dataset.line);
  return row?.item === item ? row : undefined;
}

function activate(row) {
  if (!row) return;
  active?.item.classList.remove("here");
  active = row;
  row.item.classList.add("here");
  picture.here(row.key, doubtfulPlaces(row));
  picture.reveal(row.key, { closely: true });
  tools(row);
  inThisTab.set(LINE, JSON.stringify([at.document, at.number, row.key]));
}

function tools(row) {
  showTools(row, {
    take: (offer) => take(row, offer),
    check: () => check(row),
    read: () => backToRead(row),
    unread: () => toggle(row, "unread"),
    gone: () => toggle(row, "gone"),
  });
}

const toolsSoon = settled((row) => row === active && tools(row), 120);

function edited(row) {
  if (!row || row.field.readOnly) return;
  const { text: _, checked: __, ...edit } = row.edit;
  row.edit = row.field.value === row.read ? edit : { ...edit, text: row.field.value };
  changed(row);
}

// Whoever changes a line and goes on holds it for right.
function left(row) {
  if (!row || row.edit.text === undefined || row.edit.checked) return;
  row.edit = { ...row.edit, checked: true };
  changed(row);
}

function changed(row) {
  journal.note(row.at.document, row.at.number, row.key, row.edit); // first, since the store may be busy with what came before
  refreshRow(row);
  showState(row);
  if (row === active) {
    picture.here(row.key, doubtfulPlaces(row));
    toolsSoon(row);
  }
  count();
  unsaved.add(row);
  saveSoon();
}

function showState(row) {
  picture.state(row.key, { gone: row.edit.state === "gone", checked: Boolean(row.edit.checked) });
}

/** Waits until all that was done is put down. */
export async function saved() {
  while (putting.size) await Promise.all(putting);
}

/** The edits of a page, with all that was done until they are given. */
export async function editsOf(document, number) {
  for (;;) {
    await saved();
    const edits = await journal.edits(document, number);
    // Something may have been typed meanwhile, which the store had not yet.
    if (!putting.size) return edits;
  }
}

// Each change is put down at once: a page may be left at any moment.
function saveSoon() {
  const put = saveAll().finally(() => putting.delete(put));
  putting.add(put);
}

// What changes while it is put down is put down again after it.
async function saveAll() {
  list.setAttribute("data-unsaved", "");
  for (const row of unsaved) {
    if (saving.has(row)) continue;
    const { document, number } = row.at;
    saving.add(row);
    unsaved.delete(row);
    try {
      await journal.putEdit(document, number, row.key, row.edit);
      tell({ kind: "edit", document, number, line: row.key });
    } catch (error) {
      warn(error);
    }
    saving.delete(row);
  }
  if (saving.size === 0 && unsaved.size) await saveAll();
  list.toggleAttribute("data-unsaved", saving.size > 0);
}

/** Takes over what another tab did to a line, except where this one is writing it. */
export async function editedElsewhere(key) {
  const row = rowOf(key);
  if (!row || held(row)) return;
  const before = row.edit;
  const edits = await journal.edits(at.document, at.number);
  if (held(row) || row.edit !== before) return; // something was done here meanwhile, which is the later of the two
  row.edit = edits.get(key) ?? {};
  row.field.value = row.edit.text ?? row.read;
  refreshRow(row);
  showState(row);
  count();
}

function held(row) {
  return unsaved.has(row) || saving.has(row) || (document.hasFocus() && document.activeElement === row.field);
}

/** Counts anew what the page has, and says it. */
export function count() {
  const { lines, doubts, checked } = tally();
  const said = [say("tally", { count: lines }), say("tallyDoubts", { count: doubts }), say("tallyChecked", { checked })];
  byId("tally").textContent = said.join(" · ");
  byId("next-doubt").disabled = doubts === 0;
}

function take(row, offer) {
  replaceIn(row.field, offer.start, offer.end, offer.after);
  tellUser(say("taken", { number: row.number, after: offer.after }));
}

function check(row) {
  if (!row.edit.state && row.field.value.trim()) {
    row.edit = { ...row.edit, checked: true };
    changed(row);
  }
  if (!step(row, 1)) tellUser(say(at.last ? "lastLine" : "nextHere"));
}

/** A line as it was read, for which the field's own undo still brings back what it was. */
export function backToRead(row) {
  row.edit = {};
  row.field.readOnly = false;
  if (row.field.value !== row.read) replaceIn(row.field, 0, row.field.value.length, row.read);
  changed(row);
  row.field.focus();
  tellUser(say("lineIsBack", { number: row.number }));
}

function toggle(row, state) {
  const { state: before, ...edit } = row.edit;
  row.edit = before === state ? edit : { ...edit, state };
  changed(row);
  const key = { gone: "lineIsGone", unread: "lineIsUnread" }[row.edit.state] ?? "lineIsBack";
  tellUser(say(key, { number: row.number }));
  row.field.focus();
}

/** Makes a line one again that was taken out or given up. */
export function putBack(row) {
  toggle(row, row.edit.state);
}

function step(row, way, column) {
  const next = allRows()[row.number - 1 + way];
  if (!next) return false;
  next.field.focus();
  const caret = column ?? 0;
  next.field.setSelectionRange(Math.min(caret, next.field.value.length), Math.min(caret, next.field.value.length));
  next.item.scrollIntoView({ block: "nearest" });
  return true;
}

/** Goes to the next doubtful place, or the one before, and selects it. */
export function toDoubt(way) {
  const found = nextDoubt(active, way);
  if (!found) return void tellUser(say("noDoubts"));
  found.row.field.focus();
  found.row.field.setSelectionRange(found.start, found.end);
  found.row.item.scrollIntoView({ block: "nearest" });
}

// A line has no breaks in it, wherever its text comes from.
function pasted(event) {
  const text = event.clipboardData?.getData("text/plain") ?? "";
  const { target } = event;
  if (!/[\r\n]/u.test(text) || target.readOnly) return;
  event.preventDefault();
  replaceIn(target, target.selectionStart, target.selectionEnd, text.trim().replace(/\s*[\r\n]+\s*/gu, " "));
}

function keyed(event) {
  const row = rowAt(event.target);
  // Safari ends a composition before the key that ended it, which is then 229.
  if (!row || event.isComposing || event.keyCode === 229) return;
  if (event.key === "Escape") return void row.field.focus();
  if (event.altKey && !event.ctrlKey && !event.metaKey) {
    if (withAlt(row, event.code)) event.preventDefault();
  } else if (event.target === row.field && inField(row, event)) event.preventDefault();
}

// By the key's place and not by what it writes: Option and a key write signs on a Mac.
function withAlt(row, code) {
  const digit = /^Digit(\d)$/u.exec(code)?.[1];
  if (digit === "0") backToRead(row);
  else if (digit) {
    const offer = offersOf(row)[Number(digit) - 1];
    if (offer) take(row, offer);
  } else if (code === "KeyU") toggle(row, "unread");
  else if (code === "KeyX") toggle(row, "gone");
  else return false;
  return true;
}

function inField(row, { key, shiftKey, ctrlKey, metaKey }) {
  const { field } = row;
  if (key === "Enter") {
    if (shiftKey) step(row, -1);
    else check(row);
    return true;
  }
  if ((key !== "ArrowUp" && key !== "ArrowDown") || shiftKey || ctrlKey || metaKey) return false;
  const column = field.selectionStart;
  const single = field.clientHeight < 2 * Number.parseFloat(getComputedStyle(field).lineHeight);
  if (key === "ArrowUp") return (single || column === 0) && step(row, -1, column);
  return (single || column === field.value.length) && step(row, 1, single ? column : 0);
}
