/**
 * The tiles of the plan at one scale. They are painted when they come into view, a little each
 * frame, and put together on the screen at any scale, so that panning and zooming copy pictures and
 * paint hardly any seat.
 *
 * A tile appears when all of it is painted; until then the old picture of its place stays.
 */

import { TILE_PX } from './tile.js';

/** @typedef {import('./viewport.js').View} View */
/** @typedef {import('./tile.js').Tile} Tile */
/** @typedef {import('./tile.js').PaintTile} PaintTile */

/** Tiles beyond the screen's edge that are painted ahead, when there is time. */
const AHEAD = 1;

/** Tiles farther off are given back: on a phone's fine screen each takes megabytes. */
const KEEP = 2;

/** More columns than any plan has at any scale. */
const COLUMNS_MAX = 1 << 16;

export class TileLayer {
  scale;
  ratio;
  #pool;
  /** Tiles that are painted, though something may have changed since. @type {Map<number, Tile>} */
  #tiles = new Map();
  /** The tile that is being painted, which may take several frames.
   * @type {{tile: Tile, steps: Generator<void, void, void>} | null} */
  #begun = null;
  /** What is in view: first and last column and row. */
  #range = { left: 0, top: 0, right: -1, bottom: -1 };

  /**
   * @param {number} scale
   * @param {number} ratio pixels of a tile a CSS pixel
   * @param {import('./tile_pool.js').TilePool} pool
   */
  constructor(scale, ratio, pool) {
    this.scale = scale;
    this.ratio = ratio;
    this.#pool = pool;
  }

  /** Everything looks different. */
  touchAll() {
    this.#giveUp();
    for (const tile of this.#tiles.values()) tile.dirty.addAll();
  }

  /**
   * A seat changed.
   *
   * @param {number} planX
   * @param {number} planY
   * @param {number} reach in plan units
   */
  touch(planX, planY, reach) {
    const x = planX * this.scale;
    const y = planY * this.scale;
    const far = reach * this.scale + 2;
    const lastColumn = Math.floor((x + far) / TILE_PX);
    const lastRow = Math.floor((y + far) / TILE_PX);
    for (let column = Math.floor((x - far) / TILE_PX); column <= lastColumn; column++) {
      for (let row = Math.floor((y - far) / TILE_PX); row <= lastRow; row++) {
        const tile = this.#tiles.get(keyOf(column, row));
        tile?.touch(x - column * TILE_PX, y - row * TILE_PX, far);
      }
    }
    const begun = this.#begun?.tile;
    begun?.touch(x - begun.column * TILE_PX, y - begun.row * TILE_PX, far);
  }

  /**
   * Take note of what is in view and give back what is far from it.
   *
   * @param {View} view
   */
  lookAt(view) {
    const range = this.#range;
    const factor = this.scale / view.scale / TILE_PX;
    range.left = Math.floor(-view.offsetX * factor);
    range.top = Math.floor(-view.offsetY * factor);
    range.right = Math.floor((view.width - view.offsetX) * factor);
    range.bottom = Math.floor((view.height - view.offsetY) * factor);
    for (const [key, tile] of this.#tiles) {
      if (this.#isNear(tile)) continue;
      this.#tiles.delete(key);
      this.#pool.give(tile);
    }
    if (this.#begun !== null && !this.#isNear(this.#begun.tile)) this.#giveUp();
  }

  /** Whether there is a picture, new or old, of all that is in view. */
  get isComplete() {
    for (const { column, row } of this.#places(0)) {
      if (!this.#tiles.has(keyOf(column, row))) return false;
    }
    return true;
  }

  /**
   * Paint what is missing, in view first, until *isOver*; at least one step. Return whether there
   * is a new picture in view, and whether nothing is missing any more.
   *
   * @param {PaintTile} paint
   * @param {() => boolean} isOver
   * @param {boolean} isAhead beyond the view too
   */
  work(paint, isOver, isAhead) {
    let mayStop = this.#begun !== null;
    let hasNews = mayStop;
    // Tiles share the lists of seats that they are painted from: one after the other.
    if (!this.#goOn(isOver)) return { hasNews: false, isDone: false };
    for (const more of isAhead ? [0, AHEAD] : [0]) {
      for (const { column, row } of this.#places(more)) {
        const tile = this.#tiles.get(keyOf(column, row));
        if (tile?.isFresh) continue;
        if (mayStop && isOver()) return { hasNews, isDone: false };
        mayStop = true;
        if (tile?.dirty.boxes) tile.repaint(paint, tile.dirty.boxes);
        else {
          this.#begin(column, row, paint);
          if (!this.#goOn(isOver)) return { hasNews, isDone: false };
        }
        hasNews ||= more === 0;
      }
    }
    return { hasNews, isDone: true };
  }

  /**
   * Put the painted tiles in view on the screen.
   *
   * @param {CanvasRenderingContext2D} context in device pixels
   * @param {View} view
   * @param {number} ratio pixels of the context a CSS pixel
   * @param {boolean} isOnTop of another layer, which is wiped away where this one is painted
   */
  draw(context, view, ratio, isOnTop) {
    const { left, top, right, bottom } = this.#range;
    const side = (TILE_PX * view.scale * ratio) / this.scale;
    const originX = Math.round(view.offsetX * ratio);
    const originY = Math.round(view.offsetY * ratio);
    const whole = TILE_PX * this.ratio;
    for (let row = top; row <= bottom; row++) {
      const y = originY + Math.round(row * side);
      const height = originY + Math.round((row + 1) * side) - y;
      for (let column = left; column <= right; column++) {
        const tile = this.#tiles.get(keyOf(column, row));
        if (tile === undefined) continue;
        const x = originX + Math.round(column * side);
        const width = originX + Math.round((column + 1) * side) - x;
        if (isOnTop) context.clearRect(x, y, width, height);
        context.drawImage(tile.canvas, 0, 0, whole, whole, x, y, width, height);
      }
    }
  }

  /** Give all tiles back. */
  clear() {
    this.#giveUp();
    for (const tile of this.#tiles.values()) this.#pool.give(tile);
    this.#tiles.clear();
  }

  /** @param {Tile} tile */
  #isNear({ column, row }) {
    const { left, top, right, bottom } = this.#range;
    if (column < left - KEEP || column > right + KEEP) return false;
    return row >= top - KEEP && row <= bottom + KEEP;
  }

  /** @param {number} more tiles on each side of the view */
  *#places(more) {
    const { left, top, right, bottom } = this.#range;
    for (let row = top - more; row <= bottom + more; row++) {
      for (let column = left - more; column <= right + more; column++) yield { column, row };
    }
  }

  /**
   * @param {number} column
   * @param {number} row
   * @param {PaintTile} paint
   */
  #begin(column, row, paint) {
    const tile = this.#pool.take();
    tile.place(this.scale, this.ratio, column, row);
    this.#begun = { tile, steps: tile.paintAll(paint) };
  }

  /**
   * Go on with the tile that was begun. Return whether none is any more.
   *
   * @param {() => boolean} isOver
   */
  #goOn(isOver) {
    if (this.#begun === null) return true;
    const { tile, steps } = this.#begun;
    while (!steps.next().done) if (isOver()) return false;
    const key = keyOf(tile.column, tile.row);
    const old = this.#tiles.get(key);
    if (old !== undefined) this.#pool.give(old);
    this.#tiles.set(key, tile);
    this.#begun = null;
    return true;
  }

  #giveUp() {
    if (this.#begun !== null) this.#pool.give(this.#begun.tile);
    this.#begun = null;
  }
}

/**
 * @param {number} column
 * @param {number} row
 */
function keyOf(column, row) {
  return row * COLUMNS_MAX + column;
}
