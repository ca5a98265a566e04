/**
 * Small things that the browser remembers: for good, or for this tab. Where it lets nobody store, which every access then
 * says by an error, they are remembered until the page is left.
 */

/** What all tabs have in common, and stays. */
export const lastingly = remembering(() => localStorage);

/** What this tab has alone, and is gone with it. */
export const inThisTab = remembering(() => sessionStorage);

function remembering(storage) {
  const here = new Map(); // what could not be stored
  const tried = (call, otherwise) => {
    try {
      return call(storage());
    } catch {
      return otherwise;
    }
  };
  return {
    get: (key) => here.get(key) ?? tried((place) => place.getItem(key), null),
    /** Gives whether it is stored, and not just remembered until the page is left. */
    set(key, value) {
      here.delete(key);
      const stored = tried((place) => (place.setItem(key, value), true), false);
      if (!stored) here.set(key, `${value}`);
      return stored;
    },
    remove(key) {
      here.delete(key);
      tried((place) => place.removeItem(key));
    },
    keys: () => [...new Set([...here.keys(), ...tried((place) => Object.keys(place), [])])],
  };
}
