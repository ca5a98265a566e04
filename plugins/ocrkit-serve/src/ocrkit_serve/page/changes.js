/** What of a text as it was read still stands in the text as it is, and what else could stand there. */

// Middles that differ are compared sign by sign up to this many pairs; beyond, nothing in them counts as kept.
const MOST_PAIRS = 250_000;
const MOST_SUGGESTIONS = 9;

/**
 * The stretches that two sequences share, in order.
 * @param {string | string[]} before
 * @param {string | string[]} after
 * @returns {{from: number, to: number, length: number}[]} from in `before`, to in `after`
 */
export function kept(before, after) {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head += 1;
  let tail = 0;
  const room = Math.min(before.length, after.length) - head;
  while (tail < room && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail += 1;
  const found = [];
  if (head) found.push({ from: 0, to: 0, length: head });
  for (const block of common(before.slice(head, before.length - tail), after.slice(head, after.length - tail))) {
    found.push({ from: block.from + head, to: block.to + head, length: block.length });
  }
  if (tail) found.push({ from: before.length - tail, to: after.length - tail, length: tail });
  return found;
}

/** The longest common subsequence of two middles, as runs. */
function common(before, after) {
  const [rows, columns] = [before.length, after.length];
  if (!rows || !columns || rows * columns > MOST_PAIRS) return [];
  const best = Array.from({ length: rows + 1 }, () => new Uint16Array(columns + 1));
  for (let row = rows - 1; row >= 0; row -= 1) {
    for (let column = columns - 1; column >= 0; column -= 1) {
      best[row][column] =
        before[row] === after[column]
          ? best[row + 1][column + 1] + 1
          : Math.max(best[row + 1][column], best[row][column + 1]);
    }
  }
  const runs = [];
  let [row, column] = [0, 0];
  while (row < rows && column < columns) {
    if (before[row] === after[column]) {
      const last = runs.at(-1);
      if (last && last.from + last.length === row && last.to + last.length === column) last.length += 1;
      else runs.push({ from: row, to: column, length: 1 });
      row += 1;
      column += 1;
    } else if (best[row + 1][column] >= best[row][column + 1]) row += 1;
    else column += 1;
  }
  return runs;
}

/**
 * Places of the text as it was read, moved to where they stand in the text as it is.
 * @template {{start: number, end: number}} Place
 * @param {Place[]} places
 * @param {string} before
 * @param {string} after
 * @returns {Place[]} those that are whole in it
 */
export function carried(places, before, after) {
  if (before === after) return places;
  const blocks = kept(before, after);
  const found = [];
  for (const place of places) {
    const block = blocks.find((one) => one.from <= place.start && place.end <= one.from + one.length);
    if (!block) continue;
    const by = block.to - block.from;
    found.push({ ...place, start: place.start + by, end: place.end + by });
  }
  return found;
}

/**
 * What else a line could say, as pieces of it: proposed corrections first, then what further readings say otherwise,
 * those that touch a doubtful place before the others.
 * @param {object} line of the JSON of pages, as it was read
 * @param {{start: number, end: number}[]} doubtful places of its text
 * @returns {{start: number, end: number, before: string, after: string, kind: "proposal" | "original" | "reading"}[]}
 */
export function suggestions(line, doubtful = []) {
  const text = line.text ?? "";
  const found = [];
  for (const { start: first, end: last, before, after } of line.proposals ?? []) {
    const [start, end] = units(text, first, last);
    if (text.slice(start, end) === before) found.push({ start, end, before, after, kind: "proposal" });
  }
  let from = 0;
  for (const word of line.words ?? []) {
    const start = text.indexOf(word.text, from);
    if (start < 0) continue;
    from = start + word.text.length;
    if (word.original && word.original !== word.text) {
      found.push({ start, end: from, before: word.text, after: word.original, kind: "original" });
    }
  }
  const readings = (line.alternatives ?? []).flatMap((other) => differences(text, other.text)).map((piece) => ({ ...piece, kind: "reading" }));
  const touched = ({ start, end }) => doubtful.some((place) => place.start < end && start < place.end);
  found.push(...readings.filter(touched), ...readings.filter((piece) => !touched(piece)));
  return unlike(found).slice(0, MOST_SUGGESTIONS);
}

/** Places counted in code points, as the server does, in UTF-16 units, as strings here are. */
function units(text, start, end) {
  const points = [...text];
  const before = points.slice(0, start).join("").length;
  return [before, before + points.slice(start, end).join("").length];
}

/** Where two readings differ, in whole words: each piece with what it becomes. */
function differences(text, other) {
  const [words, others] = [tokens(text), tokens(other)];
  const blocks = kept(
    words.map((word) => word.text),
    others.map((word) => word.text),
  );
  blocks.push({ from: words.length, to: others.length, length: 0 });
  const found = [];
  let [from, to] = [0, 0];
  for (const block of blocks) {
    let [until, unto] = [block.from, block.to];
    if (until > from || unto > to) {
      // What only one of the two says takes a neighbour along, so that there is something to replace.
      if (until === from || unto === to) {
        if (from > 0) [from, to] = [from - 1, to - 1];
        else if (block.length) [until, unto] = [until + 1, unto + 1];
      }
      if (until > from && unto > to) {
        const [start, end] = [words[from].start, words[until - 1].end];
        found.push({ start, end, before: text.slice(start, end), after: other.slice(others[to].start, others[unto - 1].end) });
      }
    }
    [from, to] = [block.from + block.length, block.to + block.length];
  }
  return found;
}

function tokens(text) {
  return [...text.matchAll(/\S+/gu)].map((match) => ({ text: match[0], start: match.index, end: match.index + match[0].length }));
}

function unlike(all) {
  const seen = new Set();
  return all.filter(({ start, end, before, after }) => {
    const key = JSON.stringify([start, end, after]);
    if (before === after || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
