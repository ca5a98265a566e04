import assert from "node:assert/strict";
import { test } from "node:test";

import { doubts, pieces, signs, spans } from "../../src/ocrkit_serve/page/marks.js";

const cut = (text) => signs(text).map(({ start, end }) => text.slice(start, end));

test("an akshara with its conjuncts and vowel is one sign", () => {
  assert.deepEqual(cut("സ്ത്രീ ക്ഷേത്രം"), ["സ്ത്രീ", " ", "ക്ഷേ", "ത്രം"]);
});

test("a virama at a word's end does not reach over the space", () => {
  assert.deepEqual(cut("അത് ക"), ["അ", "ത്", " ", "ക"]);
});

test("a letter outside the basic plane is one sign", () => {
  assert.deepEqual(cut("a𝒷c"), ["a", "𝒷", "c"]);
});

const line = {
  text: "it is",
  words: [
    { text: "it", characters: [{ text: "i", confidence: 0.99 }, { text: "t", confidence: 0.7 }] },
    { text: "is", confidence: 0.3, characters: [] },
  ],
};

test("characters stand where their words do, and a word without characters counts whole", () => {
  assert.deepEqual(spans(line), [
    { start: 0, end: 1, confidence: 0.99 },
    { start: 1, end: 2, confidence: 0.7 },
    { start: 3, end: 5, confidence: 0.3 },
  ]);
});

test("characters that do not spell their word are left aside for the word's own confidence", () => {
  const odd = { text: "it", words: [{ text: "it", confidence: 0.5, characters: [{ text: "x", confidence: 0.1 }] }] };

  assert.deepEqual(spans(odd), [{ start: 0, end: 2, confidence: 0.5 }]);
});

test("a place worth a look and a likely error have two levels", () => {
  const found = doubts(line.text, spans(line)).map(({ start, end, level }) => [start, end, level]);

  assert.deepEqual(found, [[1, 2, 1], [3, 5, 2]]);
});

test("a doubtful part makes the whole akshara doubtful", () => {
  const text = "സ്ത്രീ";
  const found = doubts(text, [{ start: 0, end: 2, confidence: 1 }, { start: 2, end: 4, confidence: 0.4 }]);

  assert.deepEqual(found, [{ start: 0, end: text.length, level: 2, confidence: 0.4 }]);
});

test("a place that another lies in does not reach beyond its end", () => {
  const found = doubts("abcd", [{ start: 0, end: 4, confidence: 1 }, { start: 0, end: 1, confidence: 0.4 }, { start: 3, end: 4, confidence: 1 }]);

  assert.deepEqual(found.map(({ start, end }) => [start, end]), [[0, 1]]);
});

test("the pieces of a marked text join to it", () => {
  assert.deepEqual(pieces("it is", [{ start: 1, end: 2, level: 1 }]), [
    { text: "i", level: 0 },
    { text: "t", level: 1 },
    { text: " is", level: 0 },
  ]);
});
