/** The page that is sent off: what was read, and what a person made of it. */

import { kept } from "./changes.js";

/**
 * @typedef {object} Edit what a person did to a line
 * @property {string} [text] what it says, where it was changed
 * @property {"gone" | "unread"} [state] gone: it is no line; unread: nobody can read it
 * @property {boolean} [checked] whether a person found it right
 */

/** Names of a page's lines that are one of a kind even where the page gives two the same id. */
export function* linesOf(page) {
  const seen = new Map();
  for (const region of page.regions ?? []) {
    for (const line of region.lines ?? []) {
      const before = seen.get(line.id) ?? 0;
      seen.set(line.id, before + 1);
      yield { key: before ? `${line.id}#${before + 1}` : `${line.id}`, line, region };
    }
  }
}

/** A text as a line holds it: on one line, no spaces at either end, composed. */
export function clean(text) {
  return text.replace(/\s+/gu, " ").trim().normalize("NFC");
}

/**
 * A page with a person's edits in it.
 * @param {object} page of the JSON of pages, as it was read; it is left as it is
 * @param {Map<string, Edit>} edits by the lines' names
 * @returns {object} the page as it is to be written
 */
export function corrected(page, edits) {
  const names = new Map([...linesOf(page)].map(({ key, line }) => [line, key]));
  const regions = [];
  for (const region of page.regions ?? []) {
    const lines = (region.lines ?? [])
      .filter((line) => edits.get(names.get(line))?.state !== "gone")
      .map((line) => correctedLine(line, edits.get(names.get(line))));
    if (lines.length || !region.lines?.length) regions.push({ ...region, lines });
  }
  return { ...page, regions };
}

/** The names of lines that a person found right, or wrote anew: a line that was emptied has nothing to teach. */
export function checkedLines(edits) {
  const isRight = ({ text, state, checked }) => !state && (text === undefined ? Boolean(checked) : clean(text) !== "");
  return [...edits].filter(([, edit]) => isRight(edit)).map(([line]) => line);
}

/** A line with an edit in it; one without is the line itself, less what only this page needs. */
export function correctedLine(line, edit) {
  const { proposals, ...kept } = line;
  if (edit?.state === "unread") return unread(kept);
  if (edit?.text === undefined) return kept;
  const text = clean(edit.text);
  if (text === line.text) return kept;
  if (!text) return unread(kept);
  const { original, ...rest } = kept;
  return { ...rest, text, confidence: null, alternatives: [], words: correctedWords(line, text) };
}

function unread({ original, ...line }) {
  return { ...line, text: null, confidence: null, alternatives: [], words: [] };
}

/** The words of a changed line: those that stayed keep all that is known, the others share the room of those they replace. */
function correctedWords(line, text) {
  const before = line.words ?? [];
  if (!before.length) return [];
  const after = text.split(" ");
  const found = [];
  let [from, to] = [0, 0];
  const blocks = kept(before.map((word) => word.text), after);
  for (const block of [...blocks, { from: before.length, to: after.length, length: 0 }]) {
    const room = before.slice(from, block.from);
    const said = after.slice(to, block.to);
    if (said.length && !room.length) return []; // A word more where no room is: whoever writes the file cuts the line.
    found.push(...shared(room, said, line));
    found.push(...before.slice(block.from, block.from + block.length));
    [from, to] = [block.from + block.length, block.to + block.length];
  }
  return found;
}

function shared(room, said, line) {
  if (room.length === said.length) return said.map((text, at) => ({ text, outline: room[at].outline, confidence: null, characters: [] }));
  const outlines = cut(room.map((word) => word.outline), said, line);
  return said.map((text, at) => ({ text, outline: outlines[at], confidence: null, characters: [] }));
}

/** The box around some outlines, cut along the line in proportion to the lengths of texts. */
function cut(outlines, texts, line) {
  const points = outlines.flat();
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  const box = [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
  const [first, last] = [line.baseline?.[0] ?? [0, 0], line.baseline?.at(-1) ?? [1, 0]];
  const along = Math.abs(last[0] - first[0]) >= Math.abs(last[1] - first[1]) ? 0 : 1;
  const backwards = last[along] < first[along] !== (line.direction === "rtl");
  const total = texts.reduce((sum, text) => sum + text.length, 0);
  const place = (share) => Math.round(box[along] + (box[along + 2] - box[along]) * (backwards ? 1 - share : share));
  let done = 0;
  return texts.map((text) => {
    const ends = [place(done / total), place((done += text.length) / total)].sort((a, b) => a - b);
    const part = [...box];
    [part[along], part[along + 2]] = ends;
    const [left, top, right, bottom] = part;
    return [[left, top], [right, top], [right, bottom], [left, bottom]];
  });
}

const MOST_KEPT = 3_500_000; // bytes: the server takes four million, with the ids of lines

/** Pages in groups of so many bytes at most, since the server takes no more at a time. */
export function inGroups(pages, most = MOST_KEPT) {
  const groups = [];
  let size = Infinity;
  for (const page of pages) {
    const own = new Blob([JSON.stringify(page)]).size;
    if (size + own > most) {
      groups.push([]);
      size = 0;
    }
    groups.at(-1).push(page);
    size += own;
  }
  return groups;
}
