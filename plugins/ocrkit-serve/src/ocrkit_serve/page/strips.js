/** Each line's piece of the picture above its text, for those who want both in one look. */

import { byId, make } from "./dom.js";
import { allRows } from "./lines.js";
import { image } from "./picture.js";
import { lastingly } from "./remembered.js";

const STRIPS = "ocrkit.strips";
const PADDING = 3; // px of the page around a line's ink
const TALLEST = 56; // CSS px

let watcher = null;

/** Makes the switch answer, as it was left. */
export function startStrips() {
  const toggle = byId("toggle-strips");
  toggle.setAttribute("aria-pressed", lastingly.get(STRIPS) === "true");
  toggle.addEventListener("click", () => {
    const wanted = toggle.getAttribute("aria-pressed") !== "true";
    toggle.setAttribute("aria-pressed", wanted);
    lastingly.set(STRIPS, wanted);
    showStrips();
  });
}

/** Puts strips above the lines, or takes them away. They are drawn as they come into sight. */
export function showStrips() {
  watcher?.disconnect();
  const wanted = byId("toggle-strips").getAttribute("aria-pressed") === "true" && image();
  byId("lines").classList.toggle("with-strips", Boolean(wanted));
  for (const row of allRows()) {
    row.strip?.remove();
    row.strip = null;
  }
  if (!wanted) return;
  const scale = stripScale();
  watcher = new IntersectionObserver((seen) => seen.forEach(({ isIntersecting, target }) => isIntersecting && drawStrip(target, scale)), { root: byId("lines"), rootMargin: "300px" });
  for (const row of allRows()) {
    row.strip = make("canvas.strip", { "aria-hidden": "true", width: 1, height: 1 });
    row.strip.row = row;
    row.field.closest(".cell").prepend(row.strip);
    watcher.observe(row.strip);
  }
}

/** One scale for the whole page, at which its widest line fits: letters of one size stay so. */
function stripScale() {
  const sizes = allRows().map(({ line }) => boxOf(line));
  const room = byId("lines").querySelector(".cell")?.clientWidth ?? 1;
  const tall = sizes.map(({ height }) => height).sort((a, b) => a - b)[sizes.length >> 1] ?? 1;
  return Math.min(room / Math.max(...sizes.map(({ width }) => width), 1), TALLEST / tall);
}

function boxOf({ outline }) {
  const [xs, ys] = [outline.map(([x]) => x), outline.map(([, y]) => y)];
  const [left, top] = [Math.min(...xs) - PADDING, Math.min(...ys) - PADDING];
  return { left, top, width: Math.max(...xs) + PADDING - left, height: Math.max(...ys) + PADDING - top };
}

async function drawStrip(canvas, scale) {
  watcher.unobserve(canvas);
  const picture = image();
  await picture.decode().catch(() => {});
  if (!picture.naturalWidth || !canvas.isConnected) return;
  const { left, top, width, height } = boxOf(canvas.row.line);
  const inPicture = picture.naturalWidth / byId("sheet").querySelector("svg").viewBox.baseVal.width;
  const shown = Math.min(scale, (2.5 * TALLEST) / height); // a line that stands upright is shown small
  const dense = Math.min(devicePixelRatio, 2);
  canvas.width = Math.max(1, Math.round(width * shown * dense));
  canvas.height = Math.max(1, Math.round(height * shown * dense));
  canvas.style.width = `${width * shown}px`;
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, left * inPicture, top * inPicture, width * inPicture, height * inPicture, 0, 0, canvas.width, canvas.height);
}
