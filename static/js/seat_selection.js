/**
 * Which seats staff have chosen, and how a click, a row or a rectangle changes that. Pure.
 *
 * Events:
 *   change  detail: {selected, added, removed}: the Set, and two arrays of seat indexes
 */

import { Emitter } from './emitter.js';

/** @typedef {'none' | 'click' | 'rectangle' | 'row'} SelectionMode */
/** @typedef {import('./plan.js').SeatPlan} SeatPlan */
/** @typedef {import('./box.js').Box} Box */

export class SeatSelection extends Emitter {
  /** @type {SelectionMode} what a click or a drag on the map chooses */
  mode = 'none';
  /** @type {Set<number>} */
  #seats = new Set();

  /** The chosen seat indexes. Changed by the methods here only. */
  get seats() {
    return this.#seats;
  }

  /**
   * Choose exactly *seats*.
   *
   * @param {Iterable<number>} seats
   */
  replace(seats) {
    const next = new Set(seats);
    const removed = [...this.#seats].filter((seat) => !next.has(seat));
    const added = [...next].filter((seat) => !this.#seats.has(seat));
    this.#apply(added, removed);
  }

  /**
   * Do what a click on *seat* means: it alone, or its whole row. What is chosen already is
   * given up.
   *
   * @param {SeatPlan} plan
   * @param {number} seat
   */
  click(plan, seat) {
    if (this.mode === 'none') return;
    const seats = this.mode === 'row' ? rowOf(plan, seat) : [seat];
    if (this.#seats.has(seat)) this.#apply([], seats);
    else this.#apply(seats, []);
  }

  /**
   * Choose the seats whose centre is in *box*, or give them up.
   *
   * @param {SeatPlan} plan
   * @param {Box} box in plan units
   * @param {'add' | 'remove'} how
   */
  drag(plan, box, how) {
    const seats = seatsIn(plan, box);
    if (how === 'add') this.#apply(seats, []);
    else this.#apply([], seats);
  }

  /**
   * @param {number[]} add
   * @param {number[]} remove
   */
  #apply(add, remove) {
    const added = add.filter((seat) => !this.#seats.has(seat));
    const removed = remove.filter((seat) => this.#seats.has(seat));
    if (added.length === 0 && removed.length === 0) return;
    for (const seat of removed) this.#seats.delete(seat);
    for (const seat of added) this.#seats.add(seat);
    this.emit('change', { selected: this.#seats, added, removed });
  }
}

/**
 * @param {SeatPlan} plan
 * @param {number} seat
 */
function rowOf(plan, seat) {
  const { first, end } = plan.rows[plan.row[seat]];
  return Array.from({ length: end - first }, (_, place) => first + place);
}

/**
 * @param {SeatPlan} plan
 * @param {Box} box
 */
function seatsIn({ rows, x, y }, { left, top, right, bottom }) {
  const seats = [];
  for (const { first, end, box } of rows) {
    if (box.left > right || box.right < left || box.top > bottom || box.bottom < top) continue;
    for (let seat = first; seat < end; seat++) {
      const isInside = x[seat] >= left && x[seat] <= right && y[seat] >= top && y[seat] <= bottom;
      if (isInside) seats.push(seat);
    }
  }
  return seats;
}
