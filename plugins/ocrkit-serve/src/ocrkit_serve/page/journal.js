/**
 * What was typed a moment before the page is left. The store answers later, and drops what was not answered when the page
 * goes; this is written at once, and brought into the store when the page comes again.
 */

import { lastingly } from "./remembered.js";
import * as store from "./store.js";

const BEFORE = "ocrkit.edit.";

/** Puts down what was done to a line, here and at once; `putEdit` brings it into the store. */
export function note(document, number, line, edit) {
  lastingly.set(keyOf(document, number, line), JSON.stringify(edit)); // where there is no room here, the store alone keeps it
}

/** Puts down what was done to a line, in the store too; done when it stands there. */
export async function putEdit(document, number, line, edit) {
  const key = keyOf(document, number, line);
  const value = JSON.stringify(edit);
  note(document, number, line, edit);
  await store.putEdit(document, number, line, edit);
  // Something may have been typed meanwhile, which is still to be stored.
  if (lastingly.get(key) === value) lastingly.remove(key);
}

/** The edits of a page's lines as they were left, whether the store has them yet, or would not take them. */
export async function edits(document, number) {
  for (;;) {
    const before = waiting(document, number);
    const found = await store.edits(document, number);
    const now = waiting(document, number);
    // What went from here meanwhile may have come into the store after this was asked of it.
    if ([...before.keys()].some((line) => !now.has(line))) continue;
    for (const [line, edit] of now) {
      if (Object.keys(edit).length) found.set(line, edit);
      else found.delete(line);
    }
    return found;
  }
}

/** Brings into the store what did not come there before; what it does not take stays here. */
export async function replay() {
  for (const [key, place] of places()) {
    const value = lastingly.get(key);
    if (value !== null) await putEdit(...place, JSON.parse(value)).catch(() => {});
  }
}

function keyOf(document, number, line) {
  return BEFORE + JSON.stringify([document, number, line]);
}

function places() {
  const keys = lastingly.keys().filter((name) => name.startsWith(BEFORE));
  return keys.map((key) => [key, JSON.parse(key.slice(BEFORE.length))]);
}

/** What the store did not say yet that it has, of a page's lines. */
function waiting(document, number) {
  const here = places().filter(([, [id, page]]) => id === document && page === number);
  const values = here.map(([key, [, , line]]) => [line, lastingly.get(key)]);
  return new Map(values.filter(([, value]) => value !== null).map(([line, value]) => [line, JSON.parse(value)]));
}
