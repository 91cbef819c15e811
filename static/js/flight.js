/**
 * From one place of the view to another without losing one's bearings. Pure.
 *
 * Between two views of different scale one point of the plan stays where it is on the screen; the
 * flight zooms around it. Between two of the same scale it slides.
 */

/** @typedef {import('./viewport.js').Place} Place */

/** Closer scales than this have their still point too far away to compute with. */
const SCALE_DIFFERENCE_MIN = 1e-4;

/**
 * Return the place a *share* of the way from one to the other.
 *
 * @param {Place} from
 * @param {Place} to
 * @param {number} share of the time, 0 to 1
 * @returns {Place}
 */
export function placeBetween(from, to, share) {
  if (share >= 1) return to;
  const eased = 1 - (1 - share) ** 3;
  if (Math.abs(to.scale / from.scale - 1) < SCALE_DIFFERENCE_MIN) {
    return {
      scale: to.scale,
      offsetX: from.offsetX + (to.offsetX - from.offsetX) * eased,
      offsetY: from.offsetY + (to.offsetY - from.offsetY) * eased,
    };
  }
  const scale = from.scale * (to.scale / from.scale) ** eased;
  const stillX = (to.offsetX - from.offsetX) / (from.scale - to.scale);
  const stillY = (to.offsetY - from.offsetY) / (from.scale - to.scale);
  return {
    scale,
    offsetX: from.offsetX + stillX * (from.scale - scale),
    offsetY: from.offsetY + stillY * (from.scale - scale),
  };
}
