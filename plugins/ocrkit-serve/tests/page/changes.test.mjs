import assert from "node:assert/strict";
import { test } from "node:test";

import { carried, kept, suggestions } from "../../src/ocrkit_serve/page/changes.js";

test("what two texts share is found around what was changed", () => {
  assert.deepEqual(kept("abcde", "abXde"), [{ from: 0, to: 0, length: 2 }, { from: 3, to: 3, length: 2 }]);
});

test("two changes leave what stands between them", () => {
  assert.deepEqual(carried([{ start: 2, end: 4 }], "a bc d", "X bc Y"), [{ start: 2, end: 4 }]);
});

test("a place moves with the text before it", () => {
  assert.deepEqual(carried([{ start: 3, end: 5 }], "ab cd", "abba cd"), [{ start: 5, end: 7 }]);
});

test("a place that was written over is gone", () => {
  assert.deepEqual(carried([{ start: 0, end: 2 }], "ab cd", "aX cd"), []);
});

test("very long middles that differ are not compared", () => {
  const [before, after] = ["a".repeat(3000), "b".repeat(3000)];

  assert.deepEqual(kept(`x${before}y`, `x${after}y`), [{ from: 0, to: 0, length: 1 }, { from: 3001, to: 3001, length: 1 }]);
});

const offer = (line) => suggestions(line).map(({ start, end, before, after, kind }) => [start, end, before, after, kind]);

test("another reading offers the words in which it differs", () => {
  const line = { text: "Itis so", alternatives: [{ text: "It is so" }] };

  assert.deepEqual(offer(line), [[0, 4, "Itis", "It is", "reading"]]);
});

test("a word more takes its neighbour along", () => {
  assert.deepEqual(offer({ text: "so be", alternatives: [{ text: "so it be" }] }), [[0, 2, "so", "so it", "reading"]]);
  assert.deepEqual(offer({ text: "be", alternatives: [{ text: "so be" }] }), [[0, 2, "be", "so be", "reading"]]);
});

test("a word less takes its neighbour along", () => {
  assert.deepEqual(offer({ text: "so it be", alternatives: [{ text: "so be" }] }), [[0, 5, "so it", "so", "reading"]]);
});

test("proposed corrections come first, and count in code points", () => {
  const line = {
    text: "𝒷 rnodern",
    proposals: [{ start: 2, end: 9, before: "rnodern", after: "modern", gain: 3 }],
    alternatives: [{ text: "𝒷 rnodem" }],
  };

  assert.deepEqual(offer(line), [
    [3, 10, "rnodern", "modern", "proposal"],
    [3, 10, "rnodern", "rnodem", "reading"],
  ]);
});

test("a proposal for another text is no proposal", () => {
  assert.deepEqual(offer({ text: "abc", proposals: [{ start: 0, end: 3, before: "abd", after: "abe" }] }), []);
});

test("what a corrector changed can be had back", () => {
  const line = { text: "a Tamara", words: [{ text: "a" }, { text: "Tamara", original: "Tambaram" }] };

  assert.deepEqual(offer(line), [[2, 8, "Tamara", "Tambaram", "original"]]);
});

test("a reading that touches a doubtful place comes before one that does not", () => {
  const line = { text: "ab cd", alternatives: [{ text: "aX cd" }, { text: "ab cX" }] };

  assert.deepEqual(suggestions(line, [{ start: 3, end: 4 }]).map(({ after }) => after), ["cX", "aX"]);
});

test("the same offer comes once", () => {
  assert.equal(suggestions({ text: "a b", alternatives: [{ text: "a c" }, { text: "a c" }] }).length, 1);
});
