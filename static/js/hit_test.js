/**
 * Which seat is at a point. Pure.
 *
 * Seats lie in a uniform grid of about four seats a cell, stored flat: `#start[cell]` to
 * `#start[cell + 1]` are the cell's entries in `#seats`.
 */

const SEATS_PER_CELL = 4;

/** @typedef {{count: number, x: Float32Array, y: Float32Array, radius: Float32Array}} SeatPoints */

export class SeatGrid {
  #points;
  #left = Infinity;
  #top = Infinity;
  #cell = 1;
  #columns = 1;
  #rows = 1;
  #radiusMax = 0;
  #start;
  #seats;

  /** @param {SeatPoints} points */
  constructor(points) {
    this.#points = points;
    this.#measure();
    const cells = this.#columns * this.#rows;
    this.#start = new Uint32Array(cells + 1);
    this.#seats = new Uint32Array(points.count);
    for (let seat = 0; seat < points.count; seat++) this.#start[this.#cellOf(seat) + 1] += 1;
    for (let cell = 0; cell < cells; cell++) this.#start[cell + 1] += this.#start[cell];
    const next = this.#start.slice();
    for (let seat = 0; seat < points.count; seat++) this.#seats[next[this.#cellOf(seat)]++] = seat;
  }

  /**
   * Return the seat whose centre is nearest to (x, y), or -1. A seat counts when the point is
   * inside its radius or within *reach* of its centre, both in plan units.
   *
   * @param {number} x
   * @param {number} y
   * @param {number} reach
   */
  nearest(x, y, reach) {
    const far = Math.max(reach, this.#radiusMax);
    const firstColumn = this.#clampColumn(x - far);
    const lastColumn = this.#clampColumn(x + far);
    const lastRow = this.#clampRow(y + far);
    let best = -1;
    let bestSquare = Infinity;
    for (let row = this.#clampRow(y - far); row <= lastRow; row++) {
      const from = this.#start[row * this.#columns + firstColumn];
      const to = this.#start[row * this.#columns + lastColumn + 1];
      for (let entry = from; entry < to; entry++) {
        const seat = this.#seats[entry];
        const square = (this.#points.x[seat] - x) ** 2 + (this.#points.y[seat] - y) ** 2;
        if (square >= bestSquare) continue;
        if (square > Math.max(reach, this.#points.radius[seat]) ** 2) continue;
        best = seat;
        bestSquare = square;
      }
    }
    return best;
  }

  #measure() {
    const { count, x, y, radius } = this.#points;
    let right = -Infinity;
    let bottom = -Infinity;
    for (let seat = 0; seat < count; seat++) {
      this.#left = Math.min(this.#left, x[seat]);
      this.#top = Math.min(this.#top, y[seat]);
      right = Math.max(right, x[seat]);
      bottom = Math.max(bottom, y[seat]);
      this.#radiusMax = Math.max(this.#radiusMax, radius[seat]);
    }
    if (count === 0) return;
    const width = right - this.#left;
    const height = bottom - this.#top;
    // A single row has no area; the longer side still spreads its seats.
    const area = Math.max(width * height, width, height, 1);
    this.#cell = Math.sqrt((area * SEATS_PER_CELL) / count);
    this.#columns = Math.floor(width / this.#cell) + 1;
    this.#rows = Math.floor(height / this.#cell) + 1;
  }

  /** @param {number} seat */
  #cellOf(seat) {
    const row = this.#clampRow(this.#points.y[seat]);
    return row * this.#columns + this.#clampColumn(this.#points.x[seat]);
  }

  /** @param {number} x */
  #clampColumn(x) {
    return clamp(Math.floor((x - this.#left) / this.#cell), this.#columns - 1);
  }

  /** @param {number} y */
  #clampRow(y) {
    return clamp(Math.floor((y - this.#top) / this.#cell), this.#rows - 1);
  }
}

/**
 * @param {number} value
 * @param {number} max
 */
function clamp(value, max) {
  return Math.min(Math.max(value, 0), max);
}
