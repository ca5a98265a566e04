/** Elements, made without ever reading a text as markup. */

const SVG = "http://www.w3.org/2000/svg";

/**
 * An element. Strings among the children become text nodes.
 * @param {string} tag as `button` or `button.quiet.small`
 * @param {Record<string, unknown>} [settings] attributes; `on…` are listeners, `hidden` and the like booleans
 * @param {...(Node | string | null | undefined)} children
 */
export function make(tag, settings = {}, ...children) {
  return filled(document.createElement(tag.split(".")[0]), tag, settings, children);
}

/** An element of SVG, likewise. */
export function draw(tag, settings = {}, ...children) {
  return filled(document.createElementNS(SVG, tag.split(".")[0]), tag, settings, children);
}

function filled(element, tag, settings, children) {
  element.classList.add(...tag.split(".").slice(1));
  for (const [name, value] of Object.entries(settings)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child != null));
  return element;
}

/** The element of an id, which the page has. */
export function byId(id) {
  return document.getElementById(id);
}

/** One of the icons of index.html. */
export function icon(name) {
  return draw("svg.icon", { "aria-hidden": "true", viewBox: "0 0 24 24" }, draw("use", { href: `#icon-${name}` }));
}

/** Calls a function a while after the last of several calls. */
export function settled(call, milliseconds) {
  let timer = 0;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(call, milliseconds, ...values);
  };
}
