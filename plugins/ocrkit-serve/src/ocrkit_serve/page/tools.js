/** What can be done with the line that has the focus, one key or click away. */

import { byId, icon, make } from "./dom.js";
import { offersOf, unlikeSigns } from "./lines.js";
import { say } from "./words.js";

/**
 * Puts the tools below a row's field. On the screen they stand at the foot of the text, so that nothing moves; in the
 * order of focus they come after the field.
 * @param {import("./lines.js").Row} row
 * @param {{take: (offer: object) => void, check: () => void, read: () => void, unread: () => void, gone: () => void}} act
 */
export function showTools(row, act) {
  const place = byId("tools") ?? make("div.tools", { id: "tools", role: "group" });
  const within = place.contains(document.activeElement) ? document.activeElement.dataset.do : null;
  place.setAttribute("aria-label", say("toolsOf", { number: row.number }));
  place.replaceChildren(offers(row, act), buttons(row, act));
  if (place.parentNode !== row.item) row.item.append(place);
  if (within) place.querySelector(`[data-do="${within}"]`)?.focus();
}

function offers(row, act) {
  const all = offersOf(row);
  if (!all.length) return make("p.suggestions.small", { id: "suggestions" }, say("noSuggestions"));
  const lang = row.field.lang || null;
  return make("div.suggestions", { id: "suggestions" }, ...all.map((offer, at) =>
    make("button.suggestion", {
      type: "button", "data-kind": offer.kind, "data-do": `take-${at + 1}`, "aria-keyshortcuts": `Alt+${at + 1}`,
      onclick: () => act.take(offer),
    }, make("kbd", {}, `${at + 1}`), shown(offer.before, offer.after, "del", lang),
    make("span.arrow", { "aria-hidden": "true" }, "→"), make("span.unseen", {}, ` ${say("becomes")} `), shown(offer.after, offer.before, "ins", lang),
    offer.kind === "reading" ? null : make("span.unseen", {}, ` (${say(offer.kind)})`)),
  ));
}

function shown(text, other, tag, lang) {
  return make(`span.${tag}`, { lang }, ...unlikeSigns(text, other).map((piece) => (piece.differs ? make(tag, {}, piece.text) : piece.text)));
}

function buttons(row, act) {
  const { edit } = row;
  const touched = edit.text !== undefined || edit.state || edit.checked;
  return make("div.tool-buttons", {},
    button("check", "check", "Enter", act.check, { disabled: Boolean(edit.state) }),
    button("read", "back", "Alt 0", act.read, { disabled: !touched }),
    button("unread", "unread", "Alt U", act.unread, { "aria-pressed": edit.state === "unread" ? "true" : "false" }),
    button("gone", "gone", "Alt X", act.gone, { "aria-pressed": edit.state === "gone" ? "true" : "false" }),
  );
}

function button(what, sign, key, onclick, more) {
  const word = say(what === "gone" ? "goneTool" : what);
  return make(what === "check" ? "button.main" : "button.quiet", { type: "button", "data-do": what, title: `${word} (${key})`, onclick, ...more }, icon(sign), make("span", {}, word));
}
