/** One square of a picture of the plan, kept until something on it changes. */

import { DirtyRegion } from './dirty_region.js';
import { View } from './viewport.js';

/** @typedef {import('./box.js').Box} Box */
/**
 * Paints what a view shows, in short steps; boxes are CSS pixels, null for all.
 *
 * @typedef {(context: CanvasRenderingContext2D, view: View, boxes: Box[] | null) =>
 *   Generator<void, void, void>} PaintTile
 */

/** Side of a tile in CSS pixels: small enough to paint within a frame, with few to put together. */
export const TILE_PX = 256;

export class Tile extends View {
  canvas;
  context;
  dirty = new DirtyRegion();
  column = 0;
  row = 0;
  #ratio = 1;

  constructor() {
    super();
    this.canvas = document.createElement('canvas');
    this.context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext('2d'));
    this.setSize(TILE_PX, TILE_PX);
  }

  /** Whether what is on it is what it should show. */
  get isFresh() {
    return this.dirty.boxes?.length === 0;
  }

  /**
   * Become the tile of another place; all of it has to be painted.
   *
   * @param {number} scale
   * @param {number} ratio device pixels a CSS pixel
   * @param {number} column
   * @param {number} row
   */
  place(scale, ratio, column, row) {
    this.column = column;
    this.row = row;
    this.scale = scale;
    this.offsetX = -column * TILE_PX;
    this.offsetY = -row * TILE_PX;
    this.#ratio = ratio;
    const side = Math.ceil(TILE_PX * ratio);
    if (this.canvas.width !== side) this.canvas.width = this.canvas.height = side;
  }

  /** Give its memory back; it can be placed again. */
  free() {
    this.canvas.width = this.canvas.height = 0;
  }

  /**
   * A seat changed; nothing when it does not reach into this tile.
   *
   * @param {number} x CSS pixels of the tile
   * @param {number} y
   * @param {number} reach
   */
  touch(x, y, reach) {
    if (x + reach < 0 || y + reach < 0 || x - reach > TILE_PX || y - reach > TILE_PX) return;
    this.dirty.add(x, y, reach, this.#ratio);
  }

  /**
   * Paint the whole tile, step by step. What changes from now on is for the next time.
   *
   * @param {PaintTile} paint
   */
  *paintAll(paint) {
    const { context } = this;
    this.dirty.clear();
    context.setTransform(this.#ratio, 0, 0, this.#ratio, 0, 0);
    context.clearRect(0, 0, TILE_PX + 1, TILE_PX + 1);
    yield* paint(context, this, null);
  }

  /**
   * Paint a few boxes again, at once.
   *
   * @param {PaintTile} paint
   * @param {Box[]} boxes CSS pixels
   */
  repaint(paint, boxes) {
    const { context } = this;
    context.save();
    clipTo(context, boxes);
    context.clearRect(0, 0, TILE_PX + 1, TILE_PX + 1);
    const steps = paint(context, this, boxes);
    while (!steps.next().done);
    context.restore();
    this.dirty.clear();
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Box[]} boxes
 */
function clipTo(context, boxes) {
  context.beginPath();
  for (const { left, top, right, bottom } of boxes) {
    context.rect(left, top, right - left, bottom - top);
  }
  context.clip();
}
