/**
 * What has to be painted again in the next frame: some seats' surroundings, or everything. Pure.
 *
 * Boxes are CSS pixels of the canvas, cut along its device pixels, so that a clip to them leaves no
 * seam.
 */

/** @typedef {import('./box.js').Box} Box */

/** With more boxes than this, painting everything costs less than asking each. */
const BOXES_MAX = 48;

export class DirtyRegion {
  /** @type {Box[] | null} null for everything */
  #boxes = null;

  /** The boxes to paint; null for everything. */
  get boxes() {
    return this.#boxes;
  }

  /** Everything has to be painted. */
  addAll() {
    this.#boxes = null;
  }

  /**
   * @param {number} x
   * @param {number} y
   * @param {number} reach how far from (x, y) anything may be painted
   * @param {number} pixelRatio device pixels a CSS pixel
   */
  add(x, y, reach, pixelRatio) {
    if (this.#boxes === null) return;
    if (this.#boxes.length >= BOXES_MAX) return this.addAll();
    this.#boxes.push({
      left: Math.floor((x - reach) * pixelRatio) / pixelRatio,
      top: Math.floor((y - reach) * pixelRatio) / pixelRatio,
      right: Math.ceil((x + reach) * pixelRatio) / pixelRatio,
      bottom: Math.ceil((y + reach) * pixelRatio) / pixelRatio,
    });
  }

  /** Nothing has to be painted: it just was. */
  clear() {
    this.#boxes = [];
  }
}
