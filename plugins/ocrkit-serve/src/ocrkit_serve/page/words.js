/** All that the page says, in the language that was chosen. */

import { ENGLISH } from "./words-english.js";
import { MALAYALAM } from "./words-malayalam.js";

export const LANGUAGES = {
  en: { name: "English", words: ENGLISH },
  ml: { name: "മലയാളം", words: MALAYALAM },
};

let chosen = "en";

/** The language that the page speaks: `en` or `ml`. */
export function language() {
  return chosen;
}

/** Makes the page speak a language that it knows, else English. */
export function speak(code) {
  chosen = code in LANGUAGES ? code : "en";
}

/**
 * What a key says.
 * @param {string} key
 * @param {Record<string, string | number>} [values] of its `{places}`; numbers are written as the language does
 */
export function say(key, values = {}) {
  const said = LANGUAGES[chosen].words[key] ?? ENGLISH[key] ?? key;
  const text = typeof said === "string" ? said : said[new Intl.PluralRules(chosen).select(values.count)] ?? said.other;
  return text.replace(/\{(\w+)\}/gu, (place, name) => (name in values ? written(values[name]) : place));
}

function written(value) {
  return typeof value === "number" ? new Intl.NumberFormat(chosen).format(value) : `${value}`;
}

/** The size of a file in words. */
export function size(bytes) {
  const [value, unit] = bytes < 1e6 ? [bytes / 1e3, "kilobyte"] : [bytes / 1e6, "megabyte"];
  return new Intl.NumberFormat(chosen, { style: "unit", unit, maximumFractionDigits: value < 10 ? 1 : 0 }).format(value);
}

/**
 * An error in plain words: what happened and the way out, and what the server said of it, which speaks English.
 * @param {{status: number, reason: string, wayOut: string}} error
 * @returns {{text: string, detail: string}}
 */
export function trouble({ status, reason = "", wayOut = "" }) {
  const detail = [reason, wayOut].filter(Boolean).map(sentence).join(" ");
  if (status === 0 && detail) return { text: "", detail };
  const key = `error${status}`;
  if (key in ENGLISH) return { text: say(key), detail };
  return { text: say(status >= 500 ? "errorServer" : "errorOther"), detail };
}

function sentence(text) {
  const first = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/u.test(first) ? first : `${first}.`;
}
