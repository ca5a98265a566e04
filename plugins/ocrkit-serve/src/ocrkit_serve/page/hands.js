/** What wheel, fingers, mouse and keys do to a pane that scrolls: it zooms, and it is dragged. */

const STEP = 1.25;
const SLACK = 4; // px that the mouse may move in a click

/**
 * @param {HTMLElement} pane
 * @param {{zoomBy: (factor: number, at?: {x: number, y: number}) => void, fit: () => void}} answer
 */
export function startHands(pane, answer) {
  const placeIn = (x, y) => {
    const box = pane.getBoundingClientRect();
    return { x: x - box.left, y: y - box.top };
  };
  startWheel(pane, answer, placeIn);
  startFingers(pane, answer, placeIn);
  startMouse(pane);
  pane.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "+" || event.key === "=") answer.zoomBy(STEP);
    else if (event.key === "-" || event.key === "−") answer.zoomBy(1 / STEP);
    else if (event.key === "0") answer.fit();
    else return;
    event.preventDefault();
  });
}

// The wheel alone scrolls, as everywhere; with Ctrl, which is also what two fingers on a touch pad send, it zooms.
function startWheel(pane, { zoomBy }, placeIn) {
  pane.addEventListener(
    "wheel",
    (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const lines = event.deltaMode === 1 ? 16 : 1;
      zoomBy(Math.exp(-Math.max(-60, Math.min(60, event.deltaY * lines)) / 150), placeIn(event.clientX, event.clientY));
    },
    { passive: false },
  );
}

function startFingers(pane, { zoomBy }, placeIn) {
  let apart = 0;
  const measure = ([one, other]) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
  pane.addEventListener("touchstart", ({ touches }) => (apart = touches.length === 2 ? measure(touches) : 0), { passive: true });
  pane.addEventListener(
    "touchmove",
    (event) => {
      if (event.touches.length !== 2 || !apart) return;
      event.preventDefault();
      const [one, other] = event.touches;
      const wide = measure(event.touches);
      zoomBy(wide / apart, placeIn((one.clientX + other.clientX) / 2, (one.clientY + other.clientY) / 2));
      apart = wide;
    },
    { passive: false },
  );
}

function startMouse(pane) {
  let from = null;
  let moved = false;
  pane.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "mouse" || event.button > 1) return;
    from = { x: event.clientX, y: event.clientY, left: pane.scrollLeft, top: pane.scrollTop };
    moved = false;
  });
  pane.addEventListener("pointermove", (event) => {
    if (!from || event.buttons === 0) return;
    const [x, y] = [event.clientX - from.x, event.clientY - from.y];
    if (!moved && Math.hypot(x, y) < SLACK) return;
    if (!moved) pane.setPointerCapture(event.pointerId);
    moved = true;
    pane.classList.add("dragged");
    pane.scrollTo({ left: from.left - x, top: from.top - y, behavior: "instant" });
  });
  const end = () => {
    from = null;
    pane.classList.remove("dragged");
  };
  pane.addEventListener("pointerup", end);
  pane.addEventListener("pointercancel", end);
  // What was a drag is no click on the line beneath.
  pane.addEventListener("click", (event) => moved && (event.stopPropagation(), (moved = false)), { capture: true });
}
