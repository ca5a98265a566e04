/** The lines of a page as fields, their doubtful places marked behind them. */

import { carried, suggestions } from "./changes.js";
import { byId, icon, make } from "./dom.js";
import { DOUBT, LOOK, doubts, pieces, signs, spans } from "./marks.js";
import { linesOf } from "./merging.js";
import { say } from "./words.js";

/**
 * @typedef {object} Row a line on the screen
 * @property {string} key its name
 * @property {number} number its place on the page, from 1
 * @property {object} line as it was read
 * @property {import("./merging.js").Edit} edit what a person did to it
 * @property {HTMLTextAreaElement} field
 */

const list = byId("lines");
let rows = [];
let byKey = new Map();

/** The rows of the page that is shown, in the order of reading. */
export function allRows() {
  return rows;
}

/** The row of a line's name. */
export function rowOf(key) {
  return byKey.get(key);
}

/**
 * Fills the list with a page's lines.
 * @param {object} page of the JSON of pages
 * @param {Map<string, import("./merging.js").Edit>} edits
 * @param {(row: Row) => void} putBack called where a line that was taken out is wanted again
 */
export function showLines(page, edits, putBack) {
  const spoken = page.languages?.[0];
  rows = [...linesOf(page)].map(({ key, line, region }, at) => makeRow({ key, line, region, number: at + 1, edit: edits.get(key) ?? {}, spoken, putBack }));
  rows.forEach((row, at) => row.item.toggleAttribute("data-first", row.region !== rows[at - 1]?.region));
  byKey = new Map(rows.map((row) => [row.key, row]));
  rows.forEach(refreshRow);
  list.replaceChildren(...rows.map((row) => row.item));
}

function makeRow(row) {
  const { key, line, number, spoken } = row;
  row.read = line.text ?? "";
  row.offers = suggestions(line, doubts(row.read, spans(line)));
  row.known = [...spans(line), ...corrections(row.offers)].sort((one, other) => one.start - other.start);
  row.marks = make("div.marks", { "aria-hidden": "true" });
  row.about = make("span.unseen", { id: `about-${number}` });
  row.field = make("textarea", {
    rows: "1", spellcheck: "false", autocapitalize: "off", autocomplete: "off", dir: line.direction === "rtl" ? "rtl" : "auto",
    "aria-label": say("line", { number }), "aria-describedby": row.about.id, ...(spoken ? { lang: spoken } : {}),
  });
  row.field.value = row.edit.text ?? row.read;
  row.back = make("button.quiet.put-back", { type: "button", onclick: () => row.putBack(row), hidden: true }, icon("back"), make("span"));
  row.item = make("li.line", { "data-line": key, "data-kind": row.region.kind ?? "" },
    make("span.number", { "aria-hidden": "true" }, `${number}`),
    make("div.cell", {}, make("div.field", spoken ? { lang: spoken } : {}, row.marks, row.field), row.about, row.back),
    make("span.done", { "aria-hidden": "true" }, icon("check")),
  );
  return row;
}

// What a corrector would change, or has changed, is worth a look however sure the signs are.
function corrections(offers) {
  return offers.filter(({ kind }) => kind !== "reading").map(({ start, end }) => ({ start, end, confidence: (LOOK + DOUBT) / 2 }));
}

/** Shows a row as it is: its marks, its state, and all of it in words for those who do not see it. */
export function refreshRow(row) {
  const { edit, field, item, number } = row;
  const text = field.value;
  const off = edit.state === "gone" || edit.state === "unread";
  row.doubts = off || edit.checked ? [] : doubts(text, carried(row.known, row.read, text));
  row.marks.replaceChildren(...pieces(text, row.doubts).map((piece) => (piece.level ? make("mark.doubt", { "data-level": piece.level }, piece.text) : piece.text)), "\u200B");
  item.dataset.state = edit.state ?? "";
  item.toggleAttribute("data-checked", Boolean(edit.checked) && !off);
  item.toggleAttribute("data-changed", edit.text !== undefined);
  field.readOnly = off;
  row.back.hidden = !off;
  if (off) {
    const said = `${say(edit.state === "gone" ? "lineGone" : "lineUnread")} · ${say("putBack")}`;
    row.back.lastChild.textContent = said;
    row.back.setAttribute("aria-label", say("putBackNamed", { said, number }));
  }
  describe(row);
}

function describe(row) {
  const said = [];
  if (row.edit.state) said.push(say(row.edit.state === "gone" ? "lineGone" : "lineUnread"));
  if (row.doubts.length) said.push(say("lineDoubts", { places: row.doubts.map(({ start, end }) => row.field.value.slice(start, end)).join(", ") }));
  const count = offersOf(row).length;
  if (count) said.push(say("lineSuggestions", { count }));
  row.about.textContent = said.join(". ");
}

/** What of the suggestions for a line can still be taken, at its place in the text as it is. */
export function offersOf(row) {
  return row.edit.state ? [] : carried(row.offers, row.read, row.field.value);
}

/** The outlines of the doubtful signs of a row on the page. */
export function doubtfulPlaces(row) {
  if (row.field.value !== row.read) return [];
  const found = [];
  let at = 0;
  for (const word of row.line.words ?? []) {
    const start = row.read.indexOf(word.text, at);
    if (start < 0) continue;
    let from = start;
    for (const { text, outline } of word.characters ?? []) {
      const [begin, end] = [from, (from += text.length)];
      if (outline.length && row.doubts.some((doubt) => doubt.start < end && begin < doubt.end)) found.push(outline);
    }
    at = start + word.text.length;
  }
  return found;
}

/** Exchanges a stretch of a field's text so that the browser's own undo takes it back. */
export function replaceIn(field, start, end, text) {
  field.focus();
  field.setSelectionRange(start, end);
  // Deprecated, and the one way that leaves the field's undo whole; where it is gone, so is the undo.
  const done = text ? document.execCommand("insertText", false, text) : document.execCommand("delete");
  if (!done) {
    field.setRangeText(text, start, end, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

/**
 * The next doubtful place from where the caret is.
 * @param {Row | null} from the row that has the caret
 * @param {1 | -1} way
 * @returns {{row: Row, start: number, end: number} | null} after the last one the first comes again
 */
export function nextDoubt(from, way) {
  const places = rows.flatMap((row) => row.doubts.map(({ start, end }) => ({ row, start, end })));
  if (way < 0) places.reverse();
  if (!from) return places[0] ?? null;
  const caret = way > 0 ? from.field.selectionEnd : from.field.selectionStart;
  const beyond = ({ row, start, end }) =>
    row === from ? (way > 0 ? start >= caret && !(start === caret && end === caret) : end <= caret) : (row.number - from.number) * way > 0;
  return places.find(beyond) ?? places[0] ?? null;
}

/** How many lines, doubtful places and checked lines the page has. */
export function tally() {
  const counted = rows.filter(({ edit }) => edit.state !== "gone");
  return {
    lines: counted.length,
    doubts: counted.reduce((sum, row) => sum + row.doubts.length, 0),
    checked: counted.filter(({ edit }) => edit.checked || edit.state === "unread").length,
  };
}

/** The signs of two texts that the other has not, for display: pieces with whether they differ. */
export function unlikeSigns(text, other) {
  const cut = (whole) => signs(whole).map(({ start, end }) => whole.slice(start, end));
  const [mine, others] = [cut(text), cut(other)];
  let head = 0;
  while (head < mine.length && head < others.length && mine[head] === others[head]) head += 1;
  let tail = 0;
  while (tail < Math.min(mine.length, others.length) - head && mine.at(-1 - tail) === others.at(-1 - tail)) tail += 1;
  const until = mine.length - tail;
  return [
    { text: mine.slice(0, head).join(""), differs: false },
    { text: mine.slice(head, until).join(""), differs: true },
    { text: mine.slice(until).join(""), differs: false },
  ].filter((piece) => piece.text);
}
