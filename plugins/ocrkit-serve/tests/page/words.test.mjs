import assert from "node:assert/strict";
import { test } from "node:test";

import { LANGUAGES, say, size, speak, trouble } from "../../src/ocrkit_serve/page/words.js";

const english = LANGUAGES.en.words;
const forms = (word) => (typeof word === "string" ? [word] : Object.values(word));
const places = (word) => [...new Set(forms(word).flatMap((form) => form.match(/\{\w+\}/gu) ?? []))].sort();

for (const [code, { words }] of Object.entries(LANGUAGES)) {
  test(`${code} has every word, with the same places in it`, () => {
    assert.deepEqual(Object.keys(words).sort(), Object.keys(english).sort());
    for (const key of Object.keys(english)) assert.deepEqual(places(words[key]), places(english[key]), key);
  });
}

test("numbers choose the form of a word", () => {
  speak("en");

  assert.equal(say("added", { count: 1 }), "1 file taken up");
  assert.equal(say("added", { count: 1200 }), "1,200 files taken up");
});

test("what stands in braces in a value is left as it is", () => {
  speak("en");

  assert.equal(say("isDone", { name: "{name}<b>" }), "{name}<b> is read");
});

test("a language that is not known is English", () => {
  speak("constructor-x");

  assert.equal(say("close"), "Close");
});

test("an error says what happened in the page's words, and what the server said beside it", () => {
  speak("en");

  const { text, detail } = trouble({ status: 413, reason: "the file has 40 MB", wayOut: "send a smaller one" });

  assert.equal(text, english.error413);
  assert.equal(detail, "The file has 40 MB. Send a smaller one.");
});

test("an error without words of its own is the server's fault or its refusal", () => {
  speak("en");

  assert.equal(trouble({ status: 599 }).text, english.errorServer);
  assert.equal(trouble({ status: 418 }).text, english.errorOther);
});

test("sizes are written in the language's way", () => {
  speak("en");

  assert.equal(size(32_000_000), "32 MB");
  assert.equal(size(1500), "1.5 kB");
});
