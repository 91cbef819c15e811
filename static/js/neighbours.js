/** Which seat lies next to another in a direction, by where they stand and not by their names. Pure. */

/** @typedef {'left' | 'right' | 'up' | 'down'} Direction */
/** @typedef {{count: number, x: Float32Array, y: Float32Array}} SeatPoints */

/** How far aside, as a multiple of how far ahead, a seat may be to count as ahead. */
const ASIDE_MAX = 1.2;

/** What a step aside costs, against one ahead: the row goes before the nearer seat of the next. */
const ASIDE_COST = 2;

/** Each direction's step ahead. @type {Readonly<Record<Direction, [number, number]>>} */
const STEPS = Object.freeze({ left: [-1, 0], right: [1, 0], up: [0, -1], down: [0, 1] });

/**
 * Return the seat next to *from* in a direction, or -1 at the end of the plan.
 *
 * @param {SeatPoints} points
 * @param {number} from
 * @param {Direction} direction
 */
export function neighbourOf({ count, x, y }, from, direction) {
  const [stepX, stepY] = STEPS[direction];
  let best = -1;
  let bestCost = Infinity;
  for (let seat = 0; seat < count; seat++) {
    const deltaX = x[seat] - x[from];
    const deltaY = y[seat] - y[from];
    const ahead = deltaX * stepX + deltaY * stepY;
    if (ahead <= 0) continue;
    const aside = Math.abs(deltaX * stepY) + Math.abs(deltaY * stepX);
    if (aside > ahead * ASIDE_MAX) continue;
    const cost = ahead + aside * ASIDE_COST;
    if (cost >= bestCost) continue;
    best = seat;
    bestCost = cost;
  }
  return best;
}

/**
 * Return the seat nearest to a point, or -1 when there are none.
 *
 * @param {SeatPoints} points
 * @param {number} atX
 * @param {number} atY
 */
export function nearestTo({ count, x, y }, atX, atY) {
  let best = -1;
  let bestSquare = Infinity;
  for (let seat = 0; seat < count; seat++) {
    const square = (x[seat] - atX) ** 2 + (y[seat] - atY) ** 2;
    if (square >= bestSquare) continue;
    best = seat;
    bestSquare = square;
  }
  return best;
}
