/** Several tabs of the page at once: they tell each other what changed, and each document is sent by one of them. */

import * as store from "./store.js";

const TAB = crypto.getRandomValues(new Uint32Array(2)).join("-");
const STALE = 20_000; // milliseconds

const channel = opened();
const listeners = [];

channel?.addEventListener("message", ({ data }) => listeners.forEach((listener) => listener(data, true)));

// A browser that lets nobody store may refuse a channel too: then the tabs do not know of each other.
function opened() {
  try {
    return new BroadcastChannel("ocrkit");
  } catch {
    return null;
  }
}

/**
 * Tells the other tabs, and this one's own listeners, that something changed.
 * @param {{kind: "document" | "page" | "edit" | "discarded", document: string, number?: number, line?: string}} change
 */
export function tell(change) {
  channel?.postMessage(change);
  listeners.forEach((listener) => listener(change, false));
}

/** Calls `listener(change, elsewhere)` for each change, in this tab and in others. */
export function listen(listener) {
  listeners.push(listener);
}

/**
 * Does work on a document that one tab only may do at a time; does nothing where another is at it.
 * @param {string} id
 * @param {() => Promise<void>} work
 * @returns {Promise<boolean>} whether it was done here
 */
export async function alone(id, work) {
  if (!navigator.locks) return beating(id, work);
  let asked = false;
  try {
    return await navigator.locks.request(`ocrkit ${id}`, { ifAvailable: true }, async (lock) => {
      asked = true;
      if (lock) await work();
      return Boolean(lock);
    });
  } catch (error) {
    if (asked || error.name !== "SecurityError") throw error;
    return beating(id, work);
  }
}

// Pages that came by plain HTTP from another machine have no locks, and neither have those in a browser that blocks storing:
// a document's tab says every while that it lives.
async function beating(id, work) {
  const { owner, beat = 0 } = (await store.document(id)) ?? {};
  if (owner && owner !== TAB && Date.now() - beat < STALE) return false;
  const say = () => store.change(id, { owner: TAB, beat: Date.now() });
  await say();
  const timer = setInterval(say, STALE / 4);
  try {
    await work();
  } finally {
    clearInterval(timer);
    await store.change(id, { owner: null });
  }
  return true;
}
