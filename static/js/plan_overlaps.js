/** Seats that stand on one another, so that nobody can point at the one below. Pure. */

/** @typedef {import('./plan.js').SeatPlan} SeatPlan */
/** @typedef {{x: number, y: number, label: string, other: string}} Overlap at a place of the plan;
 *   label: of the seat, other: of the one that was there before it */

/** Of the smaller radius. Seats of real plans overlap, their middles stay further apart. */
const APART_SHARE = 0.3;

/**
 * Return the seats whose middle is as good as that of a seat before them.
 *
 * @param {Pick<SeatPlan, 'count' | 'x' | 'y' | 'radius' | 'labels'>} plan
 * @returns {Overlap[]}
 */
export function overlapsOf({ count, x, y, radius, labels }) {
  const reach = APART_SHARE * radius.reduce((most, one) => Math.max(most, one), 1);
  /** @type {Map<string, number[]>} seats by cell; a cell is as wide as the longest reach */
  const cells = new Map();
  const overlaps = [];
  for (let seat = 0; seat < count; seat++) {
    const column = Math.floor(x[seat] / reach);
    const line = Math.floor(y[seat] / reach);
    const other = around(cells, column, line).find((one) => {
      const apart = Math.hypot(x[one] - x[seat], y[one] - y[seat]);
      return apart < APART_SHARE * Math.min(radius[one], radius[seat]);
    });
    if (other !== undefined) {
      overlaps.push({ x: x[seat], y: y[seat], label: labels[seat], other: labels[other] });
    }
    const key = `${column} ${line}`;
    cells.set(key, [...(cells.get(key) ?? []), seat]);
  }
  return overlaps;
}

/**
 * @param {Map<string, number[]>} cells
 * @param {number} column
 * @param {number} line
 */
function around(cells, column, line) {
  const steps = [-1, 0, 1];
  return steps.flatMap((right) =>
    steps.flatMap((down) => cells.get(`${column + right} ${line + down}`) ?? []),
  );
}
