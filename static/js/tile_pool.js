/** Tiles that are not in use: making a canvas costs more than painting an old one anew. */

import { Tile } from './tile.js';

/** About two screens full; phones give a page little memory for pictures. */
const TILES_MAX = 48;

export class TilePool {
  /** @type {Tile[]} */
  #tiles = [];

  /** Return a tile that nobody else has, with any picture on it. */
  take() {
    return this.#tiles.pop() ?? new Tile();
  }

  /** @param {Tile} tile */
  give(tile) {
    if (this.#tiles.length < TILES_MAX) this.#tiles.push(tile);
    else tile.free();
  }
}
