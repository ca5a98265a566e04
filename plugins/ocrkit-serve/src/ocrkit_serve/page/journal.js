/**
 * What was typed a moment before the page is left. The store answers later, and drops what was not answered when the page
 * goes; this is written at once, and brought into the store when the page comes again.
 */

import { lastingly } from "./remembered.js";
import * as store from "./store.js";

const BEFORE = "ocrkit.edit.";

/** Puts down what was done to a line, in the store too; done when it stands there. */
export async function putEdit(document, number, line, edit) {
  const key = BEFORE + JSON.stringify([document, number, line]);
  const value = JSON.stringify(edit);
  lastingly.set(key, value); // where there is no room beside the store, the store alone keeps it
  await store.putEdit(document, number, line, edit);
  // Something may have been typed meanwhile, which is still to be stored.
  if (lastingly.get(key) === value) lastingly.remove(key);
}

/** Brings into the store what did not come there before. */
export async function replay() {
  for (const key of lastingly.keys().filter((name) => name.startsWith(BEFORE))) {
    const value = lastingly.get(key);
    if (value !== null) await putEdit(...JSON.parse(key.slice(BEFORE.length)), JSON.parse(value));
  }
}
