/** Where the page begins: what the server has, which view the address asks for, and the switches of the bar. */

import { addressOf, addressed } from "./address.js";
import { openPage, onDesk, refreshDesk, startDesk } from "./desk.js";
import { askToken, showKeys } from "./dialogs.js";
import { byId, make } from "./dom.js";
import { saved } from "./editing.js";
import { startGiving } from "./giving.js";
import * as manners from "./manners.js";
import { replay } from "./journal.js";
import { copyText, download, fillOutputs, keep } from "./outputs.js";
import { mind } from "./reading.js";
import { lastingly } from "./remembered.js";
import * as server from "./server.js";
import { nameOf, refreshAll, startShelf } from "./shelf.js";
import * as store from "./store.js";
import { startStrips } from "./strips.js";
import { settle, warn } from "./voice.js";
import { say, size } from "./words.js";

let offered = {}; // what the server has
const CHOICES = "ocrkit.choices";
const ALTERNATIVES = 4; // further readings of each line

async function start() {
  window.addEventListener("unhandledrejection", ({ reason }) => reason?.name !== "AbortError" && warn(reason));
  manners.settle(() => {
    tellOffers();
    refreshAll();
    refreshDesk();
  });
  server.askTokenBy(askToken);
  startDesk();
  startStrips();
  startGiving(asked, opened);
  startMenus();
  byId("shortcuts").addEventListener("click", showKeys);
  window.addEventListener("keydown", (event) => event.altKey && event.code === "Slash" && (event.preventDefault(), showKeys()));
  document.querySelector(".skip").addEventListener("click", (event) => (event.preventDefault(), byId("main").focus()));
  window.addEventListener("hashchange", route);
  window.addEventListener("online", () => (settle(), mind()));
  navigator.storage?.persist?.().catch(() => {});
  await replay();
  await startShelf();
  await route();
  mind();
  await learn();
}

/** Asks the server what it has, until it answers. */
async function learn() {
  try {
    offered = await server.about();
    tellOffers();
  } catch (error) {
    warn(error);
    if (error instanceof server.Away) setTimeout(() => learn().then(() => offered.models && settle()), 5000);
  }
}

function tellOffers() {
  const { models = [], correctors = [], limits, collects } = offered;
  const chosen = JSON.parse(lastingly.get(CHOICES) ?? "{}");
  byId("model-label").hidden = models.length < 2;
  byId("model").replaceChildren(...models.map((model) => make("option", { value: model.name, selected: chosen.model ? chosen.model === model.name : Boolean(model.default) }, named(model))));
  byId("corrector-label").hidden = correctors.length === 0;
  const kinds = correctors.flatMap((one) => [["propose", "correctorPropose"], ["correct", "correctorChange"]].map(([kind, word]) => [`${kind}=${nameIn(one)}`, say(word, { name: nameIn(one) })]));
  const correcting = chosen.corrector ?? kinds[0]?.[0];
  byId("corrector").replaceChildren(...[["", say("correctorNone")], ...kinds].map(([value, text]) => make("option", { value, selected: value === correcting }, text)));
  byId("options").hidden = models.length < 2 && correctors.length === 0;
  byId("limits").textContent = limits?.max_upload ? say("limits", { size: size(limits.max_upload), pages: limits.max_pages ?? "…" }) : "";
  byId("keep").hidden = !collects;
}

function nameIn(offer) {
  return typeof offer === "string" ? offer : offer.name;
}

function named({ name, languages = [] }) {
  const speaks = new Intl.DisplayNames([document.documentElement.lang], { type: "language" });
  return languages.length ? `${name} (${languages.map((code) => speaks.of(code)).join(", ")})` : name;
}

function asked() {
  const [model, corrector] = [byId("model").value, byId("corrector").value];
  lastingly.set(CHOICES, JSON.stringify({ model, corrector }));
  const [kind, name] = corrector.split("=");
  const more = offered.limits?.alternatives ? { alternatives: `${Math.min(ALTERNATIVES, offered.limits.alternatives)}` } : {};
  return { ...(model ? { model } : {}), ...(name ? { [kind]: name } : {}), ...more };
}

/** One file alone is opened at once; of several the list shows how far they are. */
function opened(documents) {
  location.hash = documents.length === 1 ? addressOf(documents[0].id) : "#/";
}

async function route() {
  const { id, number } = addressed();
  if (!id && location.hash && !location.hash.startsWith("#/")) return;
  const view = id ? "desk" : "shelf";
  const before = document.body.dataset.view;
  document.body.dataset.view = view;
  byId("shelf").hidden = Boolean(id);
  byId("desk").hidden = !id;
  closeMenu();
  if (id) await openPage(id, number);
  else document.title = "ocrkit";
  if (before !== view) window.scrollTo(0, 0);
  if (before !== view) byId(id ? "title" : "main").focus({ preventScroll: true });
}

function startMenus() {
  byId("download").addEventListener("click", async () => {
    if (!byId("downloads").hidden) return closeMenu();
    const { id } = onDesk();
    const count = (await store.pages(id)).length;
    fillOutputs(offered.outputs?.map(nameIn), count, async (to) => {
      closeMenu();
      byId("download").focus();
      await saved();
      const document = await store.document(id);
      if (to === "clipboard") await copyText(document);
      else await download(document, to, nameOf(document));
    });
    byId("downloads").hidden = false;
    byId("download").setAttribute("aria-expanded", "true");
  });
  byId("download-place").addEventListener("keydown", ({ key }) => key === "Escape" && (closeMenu(), byId("download").focus()));
  document.addEventListener("pointerdown", ({ target }) => byId("download-place").contains(target) || closeMenu());
  byId("keep").addEventListener("click", async () => saved().then(async () => keep(await store.document(onDesk().id))));
}

function closeMenu() {
  byId("downloads").hidden = true;
  byId("download").setAttribute("aria-expanded", "false");
}

start();
