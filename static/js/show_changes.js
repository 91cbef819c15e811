/** What is different about a show, for people who have it before their eyes. Pure. */

/** @typedef {import('./protocol.js').Show} Show */
/** @typedef {{name: string, before: number | undefined, after: number}} PriceChange */
/** @typedef {{kind: 'status', status: string} | {kind: 'message', words: string}
 *   | {kind: 'prices', prices: PriceChange[]} | {kind: 'start', startsAt: string}} ShowChange */

/**
 * Return what changed, the most important first. A message that was taken away is no news.
 *
 * @param {Show} before
 * @param {Show} after
 * @returns {ShowChange[]}
 */
export function showChanges(before, after) {
  /** @type {ShowChange[]} */
  const changes = [];
  if (after.status !== before.status) changes.push({ kind: 'status', status: after.status });
  if (Date.parse(after.starts_at) !== Date.parse(before.starts_at)) {
    changes.push({ kind: 'start', startsAt: after.starts_at });
  }
  if (after.message && after.message !== before.message) {
    changes.push({ kind: 'message', words: after.message });
  }
  const prices = priceChanges(before.prices, after.prices);
  if (prices.length > 0) changes.push({ kind: 'prices', prices });
  return changes;
}

/**
 * @param {Record<string, number>} before minor units by category
 * @param {Record<string, number>} after
 * @returns {PriceChange[]}
 */
export function priceChanges(before, after) {
  return Object.entries(after)
    .filter(([name, price]) => before[name] !== price)
    .map(([name, price]) => ({ name, before: before[name], after: price }));
}
