/**
 * The plan as cached tiles at the scale of the moment. While somebody zooms the tiles at hand are
 * stretched; when the view rests, or the stretch shows, tiles of the new scale are painted behind
 * and take over piece by piece.
 */

import { TileLayer } from './tile_layer.js';
import { TilePool } from './tile_pool.js';

/** @typedef {import('./tile.js').PaintTile} PaintTile */
/** @typedef {import('./viewport.js').View} View */

/** While somebody zooms, a picture stretched by more than this looks it; shrunk it shows less. */
const STRETCH_MAX = 4;
const STRETCH_MIN = 0.45;

/** Milliseconds of painting a frame, at rest and while zooming: the rest is for the browser. */
const WORK_MS = 5;
const ZOOM_WORK_MS = 2;

export class TilePicture {
  #paint;
  #pool = new TilePool();
  /** @type {TileLayer | null} */
  #layer = null;
  /** @type {TileLayer | null} shown where the other one is not painted yet */
  #backdrop = null;
  #deadline = 0;
  #isOver = () => performance.now() >= this.#deadline;

  /** @param {PaintTile} paint */
  constructor(paint) {
    this.#paint = paint;
  }

  /** Whether the plan is painted, whatever its scale. */
  get isComplete() {
    return this.#layer?.isComplete === true || this.#backdrop?.isComplete === true;
  }

  /** Everything looks different. */
  touchAll() {
    this.#layer?.touchAll();
    this.#dropBackdrop();
  }

  /**
   * A seat changed.
   *
   * @param {number} planX
   * @param {number} planY
   * @param {number} reach in plan units
   */
  touch(planX, planY, reach) {
    this.#layer?.touch(planX, planY, reach);
    this.#backdrop?.touch(planX, planY, reach);
  }

  /**
   * Paint what is missing for a view, for a few milliseconds. Return whether there is a new picture
   * in view, and whether nothing is missing any more.
   *
   * @param {View} view
   * @param {number} ratio device pixels a CSS pixel
   * @param {boolean} isMoving
   */
  work(view, ratio, isMoving) {
    this.#deadline = performance.now() + (isMoving ? ZOOM_WORK_MS : WORK_MS);
    const layer = this.#layerFor(view, ratio, isMoving);
    layer.lookAt(view);
    this.#backdrop?.lookAt(view);
    const progress = layer.work(this.#paint, this.#isOver, !isMoving);
    if (layer.isComplete) this.#dropBackdrop();
    return progress;
  }

  /**
   * @param {CanvasRenderingContext2D} context in CSS pixels
   * @param {View} view
   * @param {number} ratio pixels of the context a CSS pixel
   */
  draw(context, view, ratio) {
    const before = context.getTransform();
    context.setTransform(1, 0, 0, 1, 0, 0);
    this.#backdrop?.draw(context, view, ratio, false);
    this.#layer?.draw(context, view, ratio, this.#backdrop !== null);
    context.setTransform(before);
  }

  /** Give everything back: nothing of it is in view. */
  drop() {
    this.#dropBackdrop();
    this.#layer?.clear();
    this.#layer = null;
  }

  /**
   * @param {View} view
   * @param {number} ratio
   * @param {boolean} isMoving
   */
  #layerFor(view, ratio, isMoving) {
    const layer = this.#layer;
    if (layer !== null && layer.ratio !== ratio) this.drop();
    else if (layer !== null) {
      const stretch = view.scale / layer.scale;
      if (stretch === 1) return layer;
      if (isMoving && stretch < STRETCH_MAX && stretch > STRETCH_MIN) return layer;
      this.#retire(layer);
    }
    this.#layer = new TileLayer(view.scale, ratio, this.#pool);
    return this.#layer;
  }

  /** @param {TileLayer} layer */
  #retire(layer) {
    // A half painted layer is a worse backdrop than the one that it was to replace.
    if (this.#backdrop !== null && !layer.isComplete) return layer.clear();
    this.#dropBackdrop();
    this.#backdrop = layer;
  }

  #dropBackdrop() {
    this.#backdrop?.clear();
    this.#backdrop = null;
  }
}
