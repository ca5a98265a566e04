/** Which places of a line's text are doubtful, in whole written signs: what a reader takes for one letter is one mark. */

/** Below the first a place is worth a look, below the second it is likelier wrong than a reader would believe. */
export const LOOK = 0.95;
export const DOUBT = 0.6;

// Viramas of the scripts that join consonants, Malayalam's first. A cluster that ends in one goes on with the consonant.
const JOINS = /[\u0D4D\u094D\u09CD\u0A4D\u0ACD\u0B4D\u0C4D\u0CCD\u0DCA]\u200D?$/u;
const LETTER = /^\p{Lo}/u;
const segmenter = new Intl.Segmenter("ml", { granularity: "grapheme" });

/**
 * The written signs of a text: aksharas in the scripts of India, else grapheme clusters.
 * @param {string} text
 * @returns {{start: number, end: number}[]} places in UTF-16 units, half open, that cover the text
 */
export function signs(text) {
  const found = [];
  for (const { segment, index } of segmenter.segment(text)) {
    const last = found.at(-1);
    if (last && LETTER.test(segment) && JOINS.test(text.slice(last.start, last.end))) last.end = index + segment.length;
    else found.push({ start: index, end: index + segment.length });
  }
  return found;
}

/**
 * Where the characters of a line as it was read stand in its text, with their confidences.
 * @param {object} line of the JSON of pages
 * @returns {{start: number, end: number, confidence: number}[]} in order; words without characters count whole
 */
export function spans(line) {
  const found = [];
  const text = line.text ?? "";
  let from = 0;
  for (const word of line.words ?? []) {
    const start = text.indexOf(word.text, from);
    if (start < 0) continue;
    from = start + word.text.length;
    const characters = word.characters ?? [];
    if (characters.length && characters.map((one) => one.text).join("") === word.text) {
      let at = start;
      for (const { text: sign, confidence } of characters) {
        found.push({ start: at, end: at + sign.length, confidence: confidence ?? 1 });
        at += sign.length;
      }
    } else if (word.confidence != null) {
      found.push({ start, end: from, confidence: word.confidence });
    }
  }
  return found;
}

/**
 * The doubtful places of a text.
 * @param {string} text
 * @param {{start: number, end: number, confidence: number}[]} known confidences of places in it, by their starts
 * @returns {{start: number, end: number, level: 1 | 2, confidence: number}[]} whole signs, neighbours of one level
 *   put together; level 2 is the greater doubt
 */
export function doubts(text, known) {
  const found = [];
  let next = 0;
  for (const { start, end } of signs(text)) {
    while (next < known.length && known[next].end <= start) next += 1;
    let least = 1;
    for (let at = next; at < known.length && known[at].start < end; at += 1) {
      if (known[at].end > start) least = Math.min(least, known[at].confidence);
    }
    if (least >= LOOK) continue;
    const level = least < DOUBT ? 2 : 1;
    const last = found.at(-1);
    if (last && last.end === start && last.level === level) {
      last.end = end;
      last.confidence = Math.min(last.confidence, least);
    } else {
      found.push({ start, end, level, confidence: least });
    }
  }
  return found;
}

/**
 * A text cut at its marks, for display.
 * @returns {{text: string, level: 0 | 1 | 2}[]} pieces that join to the text
 */
export function pieces(text, marks) {
  const found = [];
  let from = 0;
  for (const { start, end, level } of marks) {
    if (start > from) found.push({ text: text.slice(from, start), level: 0 });
    found.push({ text: text.slice(start, end), level });
    from = end;
  }
  if (from < text.length) found.push({ text: text.slice(from), level: 0 });
  return found;
}
