/** Axis-aligned boxes in plan units. Pure. */

/** @typedef {{left: number, top: number, right: number, bottom: number}} Box */

/** @returns {Box} */
export function emptyBox() {
  return { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
}

/**
 * @param {Box} box
 * @param {number} x
 * @param {number} y
 */
export function growBox(box, x, y) {
  if (!Number.isFinite(x) || !Number.isFinite(y)) return;
  box.left = Math.min(box.left, x);
  box.top = Math.min(box.top, y);
  box.right = Math.max(box.right, x);
  box.bottom = Math.max(box.bottom, y);
}

/**
 * Say whether two boxes share a point.
 *
 * @param {Box} one
 * @param {Box} other
 */
export function boxesMeet(one, other) {
  return (
    one.left <= other.right &&
    one.right >= other.left &&
    one.top <= other.bottom &&
    one.bottom >= other.top
  );
}

/**
 * Return *box* with *margin* more on every side.
 *
 * @param {Box} box
 * @param {number} margin
 * @returns {Box}
 */
export function grown({ left, top, right, bottom }, margin) {
  return {
    left: left - margin,
    top: top - margin,
    right: right + margin,
    bottom: bottom + margin,
  };
}

/**
 * Return the smallest box around *boxes*.
 *
 * @param {Box[]} boxes
 * @returns {Box}
 */
export function boxAround(boxes) {
  const around = emptyBox();
  for (const { left, top, right, bottom } of boxes) {
    growBox(around, left, top);
    growBox(around, right, bottom);
  }
  return around;
}
