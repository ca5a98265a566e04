/** The picture of a page with its lines drawn over it: zoom, pan, and which line is meant. */

import { byId, draw, make } from "./dom.js";
import { startHands } from "./hands.js";
import { say } from "./words.js";

const STEP = 1.25;
const MARGIN = 24; // px around a line that is brought into sight
const SMALLEST = 13; // CSS px that a line is high where it can be read
const MOST = 8; // CSS px a pixel of the page
const pane = byId("picture");
const sheet = byId("sheet");

let page = { width: 1, height: 1 };
let scale = 1; // CSS px a pixel of the page
let fitted = "width"; // what the scale follows when the pane changes its size; "" where it is a line's, or the user's own
let own = false; // whether the user chose the scale
let shapes = new Map(); // line's name -> polygon
let extra = null; // the group of the doubtful signs of the line that has the focus

/**
 * Makes the picture answer to wheel, fingers, mouse, keys and buttons.
 * @param {{pick: (line: string) => void, near: (line: string | null) => void}} answer
 */
export function startPicture(answer) {
  startHands(pane, { zoomBy, fit: () => fit("width"), scaled: () => scale });
  new ResizeObserver(() => fitted && fit(fitted)).observe(pane);
  for (const [id, act] of [
    ["zoom-in", () => zoomBy(STEP)],
    ["zoom-out", () => zoomBy(1 / STEP)],
    ["fit-width", () => fit("width")],
    ["fit-page", () => fit("page")],
    ["toggle-lines", toggleLines],
  ]) byId(id).addEventListener("click", act);
  const lineOf = (event) => event.target.closest?.("polygon")?.dataset.line ?? null;
  sheet.addEventListener("click", (event) => lineOf(event) && answer.pick(lineOf(event)));
  sheet.addEventListener("pointerover", (event) => event.pointerType === "mouse" && answer.near(lineOf(event)));
  sheet.addEventListener("pointerleave", () => answer.near(null));
}

/**
 * Shows a page.
 * @param {{width: number, height: number, url: string | null, name: string, lines: {key: string, line: object}[],
 *   preview: boolean}} shown
 */
export function showPicture({ width, height, url, name, lines, preview }) {
  page = { width: width || 1, height: height || 1 };
  shapes = new Map();
  extra = draw("g.signs");
  const overlay = draw("svg", { viewBox: `-0.5 -0.5 ${page.width} ${page.height}`, preserveAspectRatio: "none", "aria-hidden": "true" });
  for (const { key, line } of lines) {
    const shape = draw("polygon", { "data-line": key, points: line.outline.map((point) => point.join(",")).join(" ") });
    shapes.set(key, shape);
    overlay.append(shape);
  }
  overlay.append(extra);
  sheet.replaceChildren(url ? make("img", { src: url, alt: name, draggable: "false" }) : make("p.no-picture", {}, say("noPicture")), overlay);
  sheet.classList.toggle("preview", preview);
  byId("picture-tools").hidden = !url;
  fit("width");
  pane.scrollTo(0, 0);
}

/** The picture's element, for those who cut pieces out of it; null where there is none. */
export function image() {
  return sheet.querySelector("img");
}

/** Shows which line the pointer is at, or none. */
export function near(key) {
  for (const shape of sheet.querySelectorAll(".near")) shape.classList.remove("near");
  shapes.get(key)?.classList.add("near");
}

/** Shows which line is being written, and its doubtful signs. */
export function here(key, outlines) {
  for (const shape of sheet.querySelectorAll(".here")) shape.classList.remove("here");
  shapes.get(key)?.classList.add("here");
  extra?.replaceChildren(...outlines.map((points) => draw("polygon", { points: points.map((point) => point.join(",")).join(" ") })));
}

/** Shows whether a line counts as one. */
export function state(key, { gone, checked }) {
  shapes.get(key)?.classList.toggle("gone", gone);
  shapes.get(key)?.classList.toggle("checked", checked);
}

/** Brings a line into sight where it is not. With `closely` it is made large enough to be read, unless the user zooms. */
export function reveal(key, { closely = false } = {}) {
  const shape = shapes.get(key);
  if (!shape) return;
  const box = shape.getBBox();
  if (closely && !own) zoomTo(legible(box));
  const place = { left: box.x * scale + offset("x"), top: box.y * scale + offset("y"), width: box.width * scale, height: box.height * scale };
  const left = nearest(pane.scrollLeft, pane.clientWidth, place.left, place.width);
  const top = nearest(pane.scrollTop, pane.clientHeight, place.top, place.height);
  if (left === pane.scrollLeft && top === pane.scrollTop) return;
  pane.scrollTo({ left, top, behavior: matchMedia("(prefers-reduced-motion: reduce)").matches || closely ? "instant" : "smooth" });
}

// On a narrow pane the line takes its width; on a wide one letters must only not be too small.
function legible(box) {
  const wide = Math.min((pane.clientWidth - 2 * margin()) / box.width, (pane.clientHeight * 0.6) / box.height);
  return narrow() ? wide : Math.max(scale, Math.min(wide, SMALLEST / box.height));
}

// The least scrolling that shows a stretch; one that is longer than the pane shows its beginning.
function nearest(at, room, start, length) {
  if (start - margin() >= at && start + length + margin() <= at + room) return at;
  if (length + 2 * margin() > room) return Math.max(0, start - margin());
  return Math.max(0, start + length / 2 - room / 2);
}

function margin() {
  return narrow() ? MARGIN / 3 : MARGIN;
}

function narrow() {
  return pane.clientWidth < 620;
}

function offset(axis) {
  return axis === "x" ? sheet.offsetLeft : sheet.offsetTop;
}

/** Makes the page as wide as the pane, or all of it seen. */
export function fit(what) {
  fitted = what;
  own = false;
  const wide = (pane.clientWidth - 2) / page.width;
  setScale(what === "page" ? Math.min(wide, (pane.clientHeight - 2) / page.height) : wide);
}

/** Zooms by a factor, about a point of the pane, else its middle. */
export function zoomBy(factor, at) {
  own = true;
  zoomTo(scale * factor, at);
}

function zoomTo(wished, { x, y } = { x: pane.clientWidth / 2, y: pane.clientHeight / 2 }) {
  const least = Math.min((pane.clientWidth - 2) / page.width, (pane.clientHeight - 2) / page.height, 1) / 2;
  const on = { x: (pane.scrollLeft + x - offset("x")) / scale, y: (pane.scrollTop + y - offset("y")) / scale };
  if (wished === scale) return;
  fitted = "";
  setScale(Math.min(MOST, Math.max(least, wished)));
  pane.scrollTo({ left: on.x * scale + offset("x") - x, top: on.y * scale + offset("y") - y, behavior: "instant" });
}

function setScale(to) {
  if (!(to > 0)) return; // a pane that is not shown has no size
  scale = to;
  sheet.style.width = `${page.width * scale}px`;
  sheet.style.height = `${page.height * scale}px`;
  byId("zoom-place").textContent = new Intl.NumberFormat(document.documentElement.lang, { style: "percent" }).format(scale);
}

function toggleLines() {
  const shown = !(byId("toggle-lines").getAttribute("aria-pressed") === "true");
  byId("toggle-lines").setAttribute("aria-pressed", shown);
  sheet.classList.toggle("bare", !shown);
}
