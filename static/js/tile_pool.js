/** Tiles that are not in use: making a canvas costs more than painting an old one anew. */

import { Tile } from './tile.js';

/** 24 MB: a laptop's screen twice, but no more on a phone, whose fine screen needs larger tiles. */
const PIXELS_MAX = 6_000_000;

export class TilePool {
  /** @type {Tile[]} */
  #tiles = [];

  /** Return a tile that nobody else has, with any picture on it. */
  take() {
    return this.#tiles.pop() ?? new Tile();
  }

  /** @param {Tile} tile */
  give(tile) {
    const pixels = tile.canvas.width * tile.canvas.height;
    if ((this.#tiles.length + 1) * pixels <= PIXELS_MAX) this.#tiles.push(tile);
    else tile.free();
  }
}
