/** What is asked of the server, and its answers: errors become a `Refusal`, silence becomes `Away`. */

import { inThisTab } from "./remembered.js";

const HEADERS = { "X-Requested-With": "ocrkit" }; // Another site's form cannot send it.
const TOKEN = "ocrkit.token";

/** The server said no. `status` is HTTP's, `reason` and `wayOut` are the server's words, `retryAfter` seconds. */
export class Refusal extends Error {
  constructor(status, { reason = "", way_out: wayOut = "" } = {}, retryAfter = null) {
    super(reason || `HTTP ${status}`);
    Object.assign(this, { status, reason, wayOut, retryAfter });
  }
}

/** The server cannot be reached. */
export class Away extends Error {}

/** Says `answer` whenever the server answers. */
export const answers = new EventTarget();

let asker = null;
let asking = null;

/** Names the function that asks the user for the token; it is called with whether one was refused before. */
export function askTokenBy(ask) {
  asker = ask;
}

/**
 * Asks for something, with the token where one is needed.
 * @param {string} path below the page's own address
 * @returns {Promise<Response>} that is well
 */
export async function request(path, { method = "GET", body, headers = {}, signal } = {}) {
  for (;;) {
    const token = inThisTab.get(TOKEN);
    let answer;
    try {
      answer = await fetch(path, { method, body, signal, headers: { ...HEADERS, ...headers, ...bearer(token) }, cache: "no-store" });
    } catch (error) {
      if (error.name === "AbortError") throw error;
      throw new Away(error.message);
    }
    answers.dispatchEvent(new Event("answer"));
    if (answer.ok) return answer;
    if (answer.status === 401 && (await tokenInstead(token))) continue;
    throw refusal(answer.status, await answer.text().catch(() => ""), answer.headers.get("Retry-After"));
  }
}

/** What the server has: models, correctors, outputs, whether it collects. */
export async function about() {
  return (await request("v1/models")).json();
}

/** How a job stands. */
export async function job(id, signal) {
  return (await request(`v1/jobs/${encodeURIComponent(id)}`, { signal })).json();
}

/** A page of a job, or null where it is not read yet. */
export async function page(id, number, signal) {
  try {
    const { pages } = await (await request(`v1/jobs/${encodeURIComponent(id)}/pages/${number}?to=json`, { signal })).json();
    return pages[0];
  } catch (error) {
    if (error.status === 409) return null;
    throw error;
  }
}

/** A page's picture as JPEG, its longer side at most `longest` pixels. */
export async function picture(id, number, longest, signal) {
  return (await request(`v1/jobs/${encodeURIComponent(id)}/pages/${number}/picture?longest=${longest}`, { signal })).blob();
}

/** Tells the server that nobody wants a job. */
export async function forget(id) {
  await request(`v1/jobs/${encodeURIComponent(id)}`, { method: "DELETE" });
}

/** A file of corrected pages in an output's format; `name` is what the server calls it, or null. */
export async function render(pages, to, jobId) {
  const query = new URLSearchParams({ to, ...(jobId ? { job: jobId } : {}) });
  const answer = await request(`v1/render?${query}`, json({ format: "ocrkit pages", version: 1, pages }));
  return { blob: await answer.blob(), name: nameOf(answer.headers.get("Content-Disposition")) };
}

/** Hands corrected lines over for training; gives what the server answers. */
export async function keep(record) {
  return (await request("v1/kept", json(record))).json();
}

/**
 * Sends a file to be read.
 * @param {Blob} file
 * @param {string} name
 * @param {Record<string, string>} asked options of reading
 * @param {{signal: AbortSignal, progress: (share: number) => void}} watch
 * @returns {Promise<string>} the job's id
 */
export async function send(file, name, asked, { signal, progress }) {
  const query = new URLSearchParams({ async: "true", ...asked });
  for (;;) {
    const token = inThisTab.get(TOKEN);
    const { status, text, retryAfter } = await upload(`v1/pages?${query}`, file, name, token, { signal, progress });
    if (status >= 200 && status < 300) return JSON.parse(text).id;
    if (status === 401 && (await tokenInstead(token))) continue;
    throw refusal(status, text, retryAfter);
  }
}

// XMLHttpRequest, because fetch tells nothing of how much is sent.
function upload(path, file, name, token, { signal, progress }) {
  return new Promise((resolve, reject) => {
    const asked = new XMLHttpRequest();
    const form = new FormData();
    form.append("file", file, name);
    asked.open("POST", path);
    for (const [header, value] of Object.entries({ ...HEADERS, ...bearer(token) })) asked.setRequestHeader(header, value);
    asked.upload.addEventListener("progress", (event) => event.lengthComputable && progress(event.loaded / event.total));
    asked.addEventListener("load", () =>
      resolve({ status: asked.status, text: asked.responseText, retryAfter: asked.getResponseHeader("Retry-After") }),
    );
    asked.addEventListener("error", () => reject(new Away("no answer")));
    asked.addEventListener("abort", () => reject(new DOMException("cancelled", "AbortError")));
    signal.addEventListener("abort", () => asked.abort());
    if (signal.aborted) reject(new DOMException("cancelled", "AbortError"));
    else asked.send(form);
  });
}

function json(record) {
  return { method: "POST", body: JSON.stringify(record), headers: { "Content-Type": "application/json" } };
}

function bearer(token) {
  return token ? { Authorization: `Bearer ${token}` } : {};
}

// However many requests are refused at once, the user is asked once.
async function tokenInstead(refused) {
  if (!asker) return false;
  if (inThisTab.get(TOKEN) !== refused) return true;
  asking ??= asker(refused !== null).finally(() => (asking = null));
  const token = await asking;
  if (token) inThisTab.set(TOKEN, token);
  return Boolean(token);
}

function refusal(status, text, retryAfter) {
  let error = {};
  try {
    error = JSON.parse(text).error ?? {};
  } catch {
    // A proxy's page, or nothing: the status says enough.
  }
  return new Refusal(status, error, Number.parseInt(retryAfter, 10) || null);
}

function nameOf(disposition) {
  const encoded = /filename\*=UTF-8''([^;]+)/iu.exec(disposition ?? "")?.[1];
  if (encoded) return decodeURIComponent(encoded);
  return /filename="?([^";]+)"?/iu.exec(disposition ?? "")?.[1] ?? null;
}
