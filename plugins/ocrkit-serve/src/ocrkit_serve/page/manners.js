/** The language and the colours of the page, which it remembers, and the words of what stands in index.html. */

import { byId } from "./dom.js";
import { lastingly } from "./remembered.js";
import { tellUser } from "./voice.js";
import { LANGUAGES, language, say, speak } from "./words.js";

const LANGUAGE = "ocrkit.language";
const THEME = "ocrkit.theme";
const THEMES = ["", "dark", "light"];

/** Takes up what was chosen before, else what the browser prefers; `changed` is called after the language changes. */
export function settle(changed) {
  const wished = lastingly.get(LANGUAGE) ?? navigator.languages.map((code) => code.slice(0, 2)).find((code) => code in LANGUAGES);
  speak(wished ?? "en");
  show();
  dress(lastingly.get(THEME) ?? "");
  byId("language").addEventListener("click", () => {
    speak(language() === "en" ? "ml" : "en");
    lastingly.set(LANGUAGE, language());
    show();
    changed();
  });
  byId("theme").addEventListener("click", () => {
    const next = THEMES[(THEMES.indexOf(document.documentElement.dataset.theme ?? "") + 1) % THEMES.length];
    lastingly.set(THEME, next);
    dress(next);
    tellUser(say({ "": "themeNone", dark: "themeDark", light: "themeLight" }[next]));
  });
}

/** Writes the words of all that has `data-word` (its text) or `data-word-label` (its label) below a node. */
export function show(node = document) {
  document.documentElement.lang = language();
  for (const element of node.querySelectorAll("[data-word]")) element.textContent = say(element.dataset.word);
  for (const element of node.querySelectorAll("[data-word-label]")) {
    const said = say(element.dataset.wordLabel);
    element.setAttribute("aria-label", said);
    if (element.matches("button, a")) element.title = said;
  }
  const other = byId("language").querySelector("span");
  other.textContent = say("language");
  other.lang = language() === "en" ? "ml" : "en";
}

function dress(theme) {
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
}
