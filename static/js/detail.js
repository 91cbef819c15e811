/** How much is shown at which distance. Pure. Distances are radii of a typical seat in CSS pixels. */

/** Smaller halls show their seats from any distance. */
const SECTIONS_SEATS_MIN = 2_000;

/** Up to here sections hide their seats; from there on they are gone. */
const SECTIONS_FULL_PX = 1.9;
const SECTIONS_GONE_PX = 2.8;

/** Seats smaller than this are not painted when sections stand for them. */
const SEATS_PX_MIN = 1.1;

/**
 * Say whether a plan is shown as sections from far away.
 *
 * @param {number} seats
 * @param {number} sections
 */
export function hasSectionView(seats, sections) {
  return seats >= SECTIONS_SEATS_MIN && sections > 1;
}

/**
 * Return how opaque sections are.
 *
 * @param {number} radiusPx
 * @returns {number} 0 to 1
 */
export function sectionsAlpha(radiusPx) {
  const share = (radiusPx - SECTIONS_FULL_PX) / (SECTIONS_GONE_PX - SECTIONS_FULL_PX);
  return 1 - Math.min(Math.max(share, 0), 1);
}

/**
 * Say whether seats are painted under sections.
 *
 * @param {number} radiusPx
 */
export function showsSeats(radiusPx) {
  return radiusPx >= SEATS_PX_MIN;
}
