/** How a show sells, in numbers that can be drawn. Pure. */

/** @typedef {import('./admin_api.js').CategorySales} CategorySales */
/** @typedef {'booked' | 'held' | 'blocked' | 'available'} Part */
/** @typedef {{booked: number, held: number, blocked: number, available: number, count: number,
 *   revenue: number}} Totals */

/** From the door inwards: what is gone first, what can still be sold last. */
export const PARTS = Object.freeze(
  /** @type {Part[]} */ (['booked', 'held', 'blocked', 'available']),
);

/**
 * @param {CategorySales[]} categories
 * @returns {Totals}
 */
export function totalsOf(categories) {
  const totals = { booked: 0, held: 0, blocked: 0, available: 0, count: 0, revenue: 0 };
  for (const category of categories) {
    for (const part of PARTS) {
      totals[part] += category[part];
      totals.count += category[part];
    }
    totals.revenue += category.revenue;
  }
  return totals;
}

/**
 * Return each part's share of the whole, from 0 to 1; all 0 when there is nothing.
 *
 * @param {Record<Part, number>} counts
 * @returns {Record<Part, number>}
 */
export function sharesOf(counts) {
  const count = PARTS.reduce((sum, part) => sum + counts[part], 0);
  const share = (/** @type {Part} */ part) => (count === 0 ? 0 : counts[part] / count);
  return {
    booked: share('booked'),
    held: share('held'),
    blocked: share('blocked'),
    available: share('available'),
  };
}

/**
 * Return bars for values side by side, the largest as high as the picture. A quiet time is flat:
 * one booking a minute does not fill the picture.
 *
 * @param {number[]} values oldest first
 * @param {{width: number, height: number, leastMax: number}} picture leastMax: a value that fills
 *   the picture when no larger one does
 * @returns {{x: number, y: number, width: number, height: number}[]}
 */
export function sparkBars(values, { width, height, leastMax }) {
  const most = Math.max(leastMax, ...values);
  const step = width / Math.max(values.length, 1);
  return values.map((value, index) => {
    const high = (value / most) * height;
    return { x: index * step, y: height - high, width: step, height: high };
  });
}
