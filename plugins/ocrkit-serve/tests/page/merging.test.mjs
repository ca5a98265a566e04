import assert from "node:assert/strict";
import { test } from "node:test";

import { checkedLines, corrected, correctedLine, inGroups, linesOf } from "../../src/ocrkit_serve/page/merging.js";

const box = (left, right) => [[left, 0], [right, 0], [right, 10], [left, 10]];
const line = {
  id: "l1",
  baseline: [[0, 8], [100, 8]],
  direction: "ltr",
  text: "Itis so",
  confidence: 0.4,
  alternatives: [{ text: "It is so", score: -2 }],
  proposals: [],
  words: [
    { text: "Itis", outline: box(0, 40), confidence: 0.5, characters: [{ text: "I" }] },
    { text: "so", outline: box(50, 70), confidence: 0.9, characters: [{ text: "s" }] },
  ],
};
const page = (...lines) => ({ image: "a.png", regions: [{ id: "r1", outline: box(0, 100), lines }] });

test("a line that nobody touched stays as it was read, without what only the page needs", () => {
  const { proposals, ...read } = line;

  assert.deepEqual(correctedLine(line, undefined), read);
});

test("words that stayed keep their places, and new ones share the room of those they replace", () => {
  const after = correctedLine(line, { text: "It is so" });

  assert.deepEqual(after.words.map(({ text, outline }) => [text, outline]), [
    ["It", box(0, 20)],
    ["is", box(20, 40)],
    ["so", box(50, 70)],
  ]);
  assert.equal(after.words[2].confidence, 0.9);
});

test("a changed text has nobody's confidence and no other readings", () => {
  const after = correctedLine(line, { text: "Itis to" });

  assert.equal(after.confidence, null);
  assert.deepEqual(after.alternatives, []);
  assert.deepEqual(after.words[1], { text: "to", outline: box(50, 70), confidence: null, characters: [] });
});

test("a word more where no word was leaves the cutting to the writer of the file", () => {
  assert.deepEqual(correctedLine(line, { text: "Itis so good" }).words, []);
});

test("a script that runs from the right gives its first word the right part", () => {
  const after = correctedLine({ ...line, direction: "rtl" }, { text: "It is so" });

  assert.deepEqual(after.words.slice(0, 2).map(({ outline }) => outline), [box(20, 40), box(0, 20)]);
});

test("spaces and line breaks become one space, signs are composed", () => {
  assert.equal(correctedLine(line, { text: "  cafe\u0301 \n so " }).text, "café so");
});

test("a line that cannot be read has no text", () => {
  const after = correctedLine(line, { state: "unread", text: "half" });

  assert.equal(after.text, null);
  assert.deepEqual(after.words, []);
});

test("a line that was emptied has no text", () => {
  assert.equal(correctedLine(line, { text: " " }).text, null);
});

test("lines that were found right or written anew are kept for training, and not those without a text", () => {
  const edits = new Map([
    ["right", { checked: true }],
    ["anew", { text: "so" }],
    ["emptied", { text: " ", checked: true }],
    ["unread", { state: "unread", checked: true }],
    ["untouched", {}],
  ]);

  assert.deepEqual(checkedLines(edits), ["right", "anew"]);
});

test("a line that is none is left out, the others keep their order, and a region of none goes too", () => {
  const other = { ...line, id: "l2" };
  const edits = new Map([["l1", { state: "gone" }]]);

  assert.deepEqual(corrected(page(line, other), edits).regions[0].lines.map(({ id }) => id), ["l2"]);
  assert.deepEqual(corrected(page(line), edits).regions, []);
});

test("a region that had no lines stays", () => {
  assert.equal(corrected(page(), new Map()).regions.length, 1);
});

test("what was read is left as it was", () => {
  const before = page(line);
  const copy = structuredClone(before);

  corrected(before, new Map([["l1", { text: "other" }]]));

  assert.deepEqual(before, copy);
});

test("two lines of one id have names of their own", () => {
  assert.deepEqual([...linesOf(page(line, line))].map(({ key }) => key), ["l1", "l1#2"]);
});

test("pages go to the server in groups that it takes", () => {
  const pages = [1, 2, 3, 4].map((number) => ({ number, text: "മ".repeat(number === 4 ? 100 : 10) }));
  assert.deepEqual(inGroups(pages, 120).map((group) => group.map(({ number }) => number)), [[1, 2], [3], [4]]);
  assert.deepEqual(inGroups(pages).length, 1);
  assert.deepEqual(inGroups([]), []);
});
