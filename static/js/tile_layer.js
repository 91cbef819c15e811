/**
 * The tiles of the plan at one scale. They are painted when they come into view, a few a frame,
 * and put together on the screen at any scale, so that panning and zooming copy pictures and paint
 * hardly any seat.
 */

import { TILE_PX, Tile } from './tile.js';

/** @typedef {import('./viewport.js').View} View */
/** @typedef {(context: CanvasRenderingContext2D, view: View,
 *   boxes: import('./box.js').Box[] | null) => void} PaintTile */

/** Tiles beyond the screen's edge that are painted ahead, when there is time. */
const AHEAD = 1;

/** Tiles this far off are given back. */
const KEEP = 3;

/** More columns than any plan has at any scale. */
const COLUMNS_MAX = 1 << 16;

export class TileLayer {
  scale;
  ratio;
  #pool;
  /** @type {Map<number, Tile>} */
  #tiles = new Map();
  /** What is in view: first and last column and row. */
  #range = { left: 0, top: 0, right: -1, bottom: -1 };

  /**
   * @param {number} scale
   * @param {number} ratio device pixels a CSS pixel
   * @param {Tile[]} pool of tiles to use and to give back
   */
  constructor(scale, ratio, pool) {
    this.scale = scale;
    this.ratio = ratio;
    this.#pool = pool;
  }

  /** Everything looks different. */
  touchAll() {
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
      const { column, row } = tile;
      const isNear = column >= range.left - KEEP && column <= range.right + KEEP;
      if (isNear && row >= range.top - KEEP && row <= range.bottom + KEEP) continue;
      this.#tiles.delete(key);
      this.#pool.push(tile);
    }
  }

  /** Whether all that is in view is painted. */
  get isComplete() {
    const { left, top, right, bottom } = this.#range;
    for (let row = top; row <= bottom; row++) {
      for (let column = left; column <= right; column++) {
        if (!this.#tiles.get(keyOf(column, row))?.isFresh) return false;
      }
    }
    return true;
  }

  /**
   * Paint what is missing, in view first, until *isOver*; at least one tile. Return whether
   * nothing is missing any more.
   *
   * @param {PaintTile} paint
   * @param {() => boolean} isOver
   * @param {boolean} isAhead beyond the view too
   */
  work(paint, isOver, isAhead) {
    const { left, top, right, bottom } = this.#range;
    const more = isAhead ? AHEAD : 0;
    for (let row = top - more; row <= bottom + more; row++) {
      for (let column = left - more; column <= right + more; column++) {
        const tile = this.#tileAt(column, row);
        if (tile.isFresh) continue;
        tile.refresh(paint);
        if (isOver()) return false;
      }
    }
    return true;
  }

  /**
   * Put the painted tiles in view on the screen.
   *
   * @param {CanvasRenderingContext2D} context in device pixels
   * @param {View} view
   * @param {boolean} isOnTop of another layer, which is wiped away where this one is painted
   */
  draw(context, view, isOnTop) {
    const { left, top, right, bottom } = this.#range;
    const side = (TILE_PX * view.scale * this.ratio) / this.scale;
    const originX = Math.round(view.offsetX * this.ratio);
    const originY = Math.round(view.offsetY * this.ratio);
    const whole = this.canvasSide;
    for (let row = top; row <= bottom; row++) {
      const y = originY + Math.round(row * side);
      const height = originY + Math.round((row + 1) * side) - y;
      for (let column = left; column <= right; column++) {
        const tile = this.#tiles.get(keyOf(column, row));
        // Never painted, its old picture is of another place; half old, it is still the best we have.
        if (tile === undefined || tile.dirty.boxes === null) continue;
        const x = originX + Math.round(column * side);
        const width = originX + Math.round((column + 1) * side) - x;
        if (isOnTop) context.clearRect(x, y, width, height);
        context.drawImage(tile.canvas, 0, 0, whole, whole, x, y, width, height);
      }
    }
  }

  /** Device pixels of a tile that are used. */
  get canvasSide() {
    return TILE_PX * this.ratio;
  }

  /** Give all tiles back. */
  clear() {
    this.#pool.push(...this.#tiles.values());
    this.#tiles.clear();
  }

  /**
   * @param {number} column
   * @param {number} row
   */
  #tileAt(column, row) {
    const key = keyOf(column, row);
    let tile = this.#tiles.get(key);
    if (tile === undefined) {
      tile = this.#pool.pop() ?? new Tile();
      tile.place(this.scale, this.ratio, column, row);
      this.#tiles.set(key, tile);
    }
    return tile;
  }
}

/**
 * @param {number} column
 * @param {number} row
 */
function keyOf(column, row) {
  return row * COLUMNS_MAX + column;
}
