/** The dialogs: keys, the token that a server asks for, and whether something is really to be thrown away. */

import { byId, make } from "./dom.js";
import { say } from "./words.js";

const KEYS = [
  ["keysText", [
    [["Enter"], "keyEnter"],
    [["Shift", "Enter"], "keyShiftEnter"],
    [["↑"], ["↓"], "keyArrows"],
    [["Alt", "N"], "keyNext"],
    [["Alt", "B"], "keyBefore"],
    [["Alt", "1"], ["Alt", "9"], "keyTake"],
    [["Alt", "0"], "keyRead"],
    [["Alt", "U"], "keyUnread"],
    [["Alt", "X"], "keyGone"],
    [["Ctrl", "Z"], ["Ctrl", "Y"], "keyUndo"],
  ]],
  ["keysPicture", [
    [["+"], ["−"], "keyZoom"],
    [["0"], "keyFit"],
    [["←"], ["↑"], ["→"], ["↓"], "keyMove"],
  ]],
  ["keysPage", [
    [["Alt", "Page Down"], ["Alt", "Page Up"], "keyPages"],
    [["Alt", "V"], "keyPicture"],
    [["Alt", "/"], "keyHelp"],
    [["Esc"], "keyEscape"],
  ]],
];

/** Opens the list of keys. */
export function showKeys() {
  byId("keys").replaceChildren(...KEYS.flatMap(([title, rows]) => [make("h3", {}, say(title)), make("dl.keys", {}, ...rows.flatMap(keyRow))]));
  open(byId("help"));
}

function keyRow(row) {
  const [combinations, word] = [row.slice(0, -1), row.at(-1)];
  const term = make("dt", {});
  combinations.forEach((keys, at) => {
    if (at) term.append(" ");
    term.append(make("span.combination", {}, ...keys.map((key) => make("kbd", {}, key))));
  });
  return [term, make("dd", {}, say(word))];
}

/** Asks for the token; gives it, or "" where the user would not. */
export function askToken(wasWrong) {
  const [dialog, field] = [byId("ask"), byId("token")];
  byId("ask-wrong").hidden = !wasWrong;
  field.value = "";
  byId("ask-not").onclick = () => dialog.close("");
  return open(dialog).then((answer) => (answer === "go" ? field.value.trim() : ""));
}

/** Asks whether a document is really to be thrown away, or all where none is named. */
export async function sure(name) {
  byId("sure-title").textContent = name === undefined ? say("sureAll") : say("sureTitle", { name });
  return (await open(byId("sure"))) === "go";
}

function open(dialog) {
  dialog.returnValue = "";
  if (!dialog.open) dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener("close", () => resolve(dialog.returnValue), { once: true }));
}
