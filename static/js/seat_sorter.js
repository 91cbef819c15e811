/**
 * Sorts the seats on the screen by how they are painted, without allocating. Pure.
 *
 * A look is what seats have in common that are painted in one stroke: first one look per category
 * for free seats, then one per `Look`. Each look is a linked list through `next`, so a pass over
 * 40,000 seats writes two numbers a seat and nothing is thrown away after the frame.
 */

import { boxesMeet, boxAround } from './box.js';
import { SeatStatus } from './protocol.js';
import { SeatMark } from './seat_marks.js';

/** @typedef {import('./plan.js').SeatPlan} SeatPlan */

/** Looks that are not a category's; add the number of categories. */
export const Look = Object.freeze({
  UNKNOWN: 0,
  HELD: 1,
  BOOKED: 2,
  BLOCKED: 3,
  CHANGING: 4,
  OWN: 5,
  OWN_BOOKED: 6,
});

const LOOK_COUNT = 7;

/** The end of a list. */
export const NONE = -1;

export class SeatSorter {
  #plan;
  #next;
  #heads;
  /** By status and by mark: the look of a seat; 0 for "free". */
  #lookByStatus;
  #lookByMark;

  /** @param {SeatPlan} plan */
  constructor(plan) {
    this.#plan = plan;
    this.#next = new Int32Array(plan.count);
    const first = plan.categories.length;
    this.#heads = new Int32Array(first + LOOK_COUNT);
    this.#lookByStatus = new Uint16Array(4);
    this.#lookByStatus[SeatStatus.HELD] = first + Look.HELD;
    this.#lookByStatus[SeatStatus.BOOKED] = first + Look.BOOKED;
    this.#lookByStatus[SeatStatus.BLOCKED] = first + Look.BLOCKED;
    this.#lookByMark = new Uint16Array(4);
    this.#lookByMark[SeatMark.CHANGING] = first + Look.CHANGING;
    this.#lookByMark[SeatMark.OWN] = first + Look.OWN;
    this.#lookByMark[SeatMark.OWN_BOOKED] = first + Look.OWN_BOOKED;
  }

  /**
   * Sort the seats around *boxes*: of all rows that meet one, those near enough to be seen in any.
   *
   * @param {import('./box.js').Box[]} boxes
   * @param {Uint8Array} statuses one per seat, or empty when they are not known yet
   * @param {Uint8Array} marks
   */
  sort(boxes, statuses, marks) {
    const { rows, category, categories, count, x, y, radius } = this.#plan;
    const { left, top, right, bottom } = boxAround(boxes);
    const next = this.#next;
    const heads = this.#heads.fill(NONE);
    const isKnown = statuses.length === count;
    const unknown = categories.length + Look.UNKNOWN;
    for (const row of rows) {
      if (!meetsAny(row.box, boxes)) continue;
      for (let seat = row.first; seat < row.end; seat++) {
        const reach = radius[seat];
        if (x[seat] + reach < left || x[seat] - reach > right) continue;
        if (y[seat] + reach < top || y[seat] - reach > bottom) continue;
        let look = unknown;
        if (marks[seat] !== SeatMark.NONE) look = this.#lookByMark[marks[seat]];
        else if (isKnown && statuses[seat] === SeatStatus.AVAILABLE) look = category[seat];
        else if (isKnown) look = this.#lookByStatus[statuses[seat]];
        next[seat] = heads[look];
        heads[look] = seat;
      }
    }
  }

  /**
   * Return the first seat of a look that the last `sort` found, or `NONE`.
   *
   * @param {number} look a category index, or the number of categories + a `Look`
   */
  first(look) {
    return this.#heads[look];
  }

  /**
   * Return the next seat of the same look, or `NONE`.
   *
   * @param {number} seat
   */
  after(seat) {
    return this.#next[seat];
  }
}

/**
 * @param {import('./box.js').Box} box
 * @param {import('./box.js').Box[]} others
 */
function meetsAny(box, others) {
  for (const other of others) if (boxesMeet(box, other)) return true;
  return false;
}
