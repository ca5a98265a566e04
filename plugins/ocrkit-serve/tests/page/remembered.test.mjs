import assert from "node:assert/strict";
import { test } from "node:test";

import { inThisTab, lastingly } from "../../src/ocrkit_serve/page/remembered.js";

function storage(get) {
  Object.defineProperty(globalThis, "localStorage", { get, configurable: true });
  Object.defineProperty(globalThis, "sessionStorage", { get, configurable: true });
}

function denied() {
  throw new DOMException("access is denied", "SecurityError");
}

test("where nobody may store, things are remembered until the page is left", () => {
  storage(denied);
  for (const place of [lastingly, inThisTab]) {
    assert.equal(place.get("a"), null);
    assert.equal(place.set("a", true), false);
    assert.equal(place.get("a"), "true");
    assert.deepEqual(place.keys(), ["a"]);
    place.remove("a");
    assert.equal(place.get("a"), null);
  }
});

test("where there is room, things are stored", () => {
  const stored = new Map();
  const place = {
    getItem: (key) => stored.get(key) ?? null,
    setItem: (key, value) => stored.set(key, `${value}`),
    removeItem: (key) => stored.delete(key),
  };
  storage(() => place);

  assert.equal(lastingly.set("a", "1"), true);
  assert.equal(lastingly.get("a"), "1");
  assert.equal(stored.get("a"), "1");
  lastingly.remove("a");
  assert.equal(lastingly.get("a"), null);
});
