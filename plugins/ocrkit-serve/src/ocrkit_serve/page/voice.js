/** What the page tells its user in passing: news that go by themselves, and trouble that stays until it is closed. */

import { byId, icon, make } from "./dom.js";
import { Away, Refusal, answers } from "./server.js";
import { language, say, trouble } from "./words.js";

const STAYS = 5000; // milliseconds that news stay in sight
let timer = 0;
let away = false; // whether the trouble told is that the server is away

/**
 * Tells news, seen and heard, which go by themselves; with `unseen` heard only, where the eye sees them anyway; with `stays`
 * until something else is told.
 */
export function tellUser(text, { unseen = false, stays = false } = {}) {
  const place = byId("status");
  place.classList.toggle("unseen", unseen);
  // The same news twice are told twice only where the text was gone in between.
  place.textContent = "";
  requestAnimationFrame(() => (place.textContent = text));
  clearTimeout(timer);
  if (!stays) timer = setTimeout(() => (place.textContent = ""), STAYS);
}

/** Tells of trouble in plain words, with the way out; it stays until it is closed or all is well again. */
export function warn(error) {
  const { text, detail } = inWords(error);
  const close = make("button.quiet.only-icon", { type: "button", "aria-label": say("close"), onclick: settle }, icon("stop"));
  const told = make("p", {}, text);
  if (detail) told.append(" ", make("span.detail", { lang: "en" }, detail));
  away = error instanceof Away;
  byId("status").textContent = "";
  byId("alert").replaceChildren(told, close);
}

/** Takes told trouble away. */
export function settle() {
  away = false;
  byId("alert").replaceChildren();
}

answers.addEventListener("answer", () => away && settle());

/** An error in words, whatever it is. */
export function inWords(error) {
  if (error instanceof Away) return { text: say("errorAway"), detail: "" };
  if (error instanceof Refusal) return trouble(error);
  if (error?.name === "QuotaExceededError") return { text: say("errorStore"), detail: "" };
  return { text: say("errorPage"), detail: language() === "en" ? `${error?.message ?? ""}` : "" };
}
