/** The page's address: which page of which document stands on the desk, or is about to. */

/** The address of a document's page. */
export function addressOf(id, number = 1) {
  return `#/${id}/${number}`;
}

/**
 * What the address names now, which the desk follows a moment later.
 * @returns {{id?: string, number?: number}} nothing where it names no page
 */
export function addressed() {
  const [, id, number] = /^#\/([^/]+)\/(\d+)$/u.exec(location.hash) ?? [];
  return id ? { id, number: Number(number) } : {};
}
