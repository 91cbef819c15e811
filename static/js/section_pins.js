/** Where, among sections that hide their seats, the seats are that somebody looks for. Pure. */

/** @typedef {import('./plan.js').SeatPlan} SeatPlan */
/** @typedef {import('./sections.js').Section} Section */
/** @typedef {{x: number, y: number, count: number}} Pin in plan units; count: its seats */

/**
 * Return a pin for each section with such seats, in their middle; those further up come first, so
 * that painted in this order no pin hides the head of one below.
 *
 * @param {SeatPlan} plan
 * @param {Section[]} sections
 * @param {(seat: number) => boolean} isWanted
 * @returns {Pin[]}
 */
export function pinsOf(plan, sections, isWanted) {
  const pins = [];
  for (const { first, end } of sections) {
    let count = 0;
    let x = 0;
    let y = 0;
    for (let seat = first; seat < end; seat++) {
      if (!isWanted(seat)) continue;
      count += 1;
      x += plan.x[seat];
      y += plan.y[seat];
    }
    if (count > 0) pins.push({ x: x / count, y: y / count, count });
  }
  return pins.sort((one, other) => one.y - other.y);
}
