/**
 * Which free seats come closest to those that somebody else got. Pure.
 *
 * Seats of the same category come first, then those closest to the lost ones. Several lost seats
 * are replaced by as many that are next to each other, as long as there are any such.
 */

import { SeatStatus } from './protocol.js';

/** @typedef {import('./plan.js').SeatPlan} SeatPlan */
/** @typedef {import('./plan.js').Row} Row */
/** @typedef {{categories: Set<number>, x: number, y: number}} Wanted */
/** @typedef {{seats: number[], strangers: number, distance: number}} Candidate
 *   strangers: how many of the seats are of a category that nobody asked for */

const OFFERS_MAX = 3;

/** Seats further apart than this many times their row's usual distance have an aisle between. */
const AISLE_SHARE = 1.6;

/**
 * Return up to three offers, the best first, each of as many free seats as were lost. No seat is
 * offered twice.
 *
 * @param {SeatPlan} plan
 * @param {Uint8Array} statuses one per seat; seats without one are not free
 * @param {readonly number[]} lost at least one
 * @param {(seat: number) => boolean} isOurs seats that are not offered although they may look free
 * @returns {number[][]}
 */
export function nearestFree(plan, statuses, lost, isOurs) {
  const wanted = {
    categories: new Set(lost.map((seat) => plan.category[seat])),
    x: meanOf(lost, plan.x),
    y: meanOf(lost, plan.y),
  };
  const isLost = new Set(lost);
  const isFree = (/** @type {number} */ seat) =>
    statuses[seat] === SeatStatus.AVAILABLE && !isLost.has(seat) && !isOurs(seat);
  const together = bestGroups(plan, isFree, wanted, lost.length, OFFERS_MAX);
  if (together.length > 0 || lost.length === 1) return together;
  const apart = bestGroups(plan, isFree, wanted, 1, lost.length).flat();
  return apart.length === lost.length ? [apart.sort((one, other) => one - other)] : [];
}

/**
 * Return the best groups of *size* free seats next to each other in a row, without overlap.
 *
 * @param {SeatPlan} plan
 * @param {(seat: number) => boolean} isFree
 * @param {Wanted} wanted
 * @param {number} size
 * @param {number} count
 */
function bestGroups(plan, isFree, wanted, size, count) {
  const best = new Shortlist(count, size);
  const rows = plan.rows
    .map((row) => ({ row, distance: distanceTo(row, wanted) }))
    .sort((one, other) => one.distance - other.distance);
  for (const { row, distance } of rows) {
    if (best.isBetterThan(distance)) break;
    for (const seats of groupsIn(plan, row, isFree, size)) best.add(rated(plan, seats, wanted));
  }
  return best.withoutOverlap();
}

/** The few best candidates, enough that as many as wanted do not overlap. */
class Shortlist {
  #count;
  #room;
  /** @type {Candidate[]} the best first */
  #best = [];

  /**
   * @param {number} count how many are wanted in the end
   * @param {number} size seats in each; a group overlaps at most 2 · size - 2 others
   */
  constructor(count, size) {
    this.#count = count;
    this.#room = (count - 1) * (2 * size - 1) + 1;
  }

  /**
   * Say whether nothing can get in any more that is at least this far away.
   *
   * @param {number} distance
   */
  isBetterThan(distance) {
    const last = this.#best[this.#room - 1];
    return last !== undefined && last.strangers === 0 && last.distance <= distance;
  }

  /** @param {Candidate} candidate */
  add(candidate) {
    const last = this.#best[this.#room - 1];
    if (last !== undefined && compare(last, candidate) <= 0) return;
    const at = this.#best.findIndex((other) => compare(candidate, other) < 0);
    this.#best.splice(at < 0 ? this.#best.length : at, 0, candidate);
    if (this.#best.length > this.#room) this.#best.pop();
  }

  /** @returns {number[][]} */
  withoutOverlap() {
    const taken = new Set();
    const chosen = [];
    for (const { seats } of this.#best) {
      if (chosen.length === this.#count) break;
      if (seats.some((seat) => taken.has(seat))) continue;
      for (const seat of seats) taken.add(seat);
      chosen.push(seats);
    }
    return chosen;
  }
}

/**
 * @param {Candidate} one
 * @param {Candidate} other
 */
function compare(one, other) {
  return one.strangers - other.strangers || one.distance - other.distance;
}

/**
 * @param {SeatPlan} plan
 * @param {Row} row
 * @param {(seat: number) => boolean} isFree
 * @param {number} size
 */
function* groupsIn(plan, row, isFree, size) {
  const reach = size > 1 ? usualGap(plan, row) * AISLE_SHARE : Infinity;
  /** @type {number[]} */
  let run = [];
  for (let seat = row.first; seat < row.end; seat++) {
    if (!isFree(seat)) run = [];
    else if (run.length > 0 && gapBefore(plan, seat) > reach) run = [seat];
    else run.push(seat);
    if (run.length >= size) yield run.slice(-size);
  }
}

/**
 * @param {SeatPlan} plan
 * @param {number[]} seats
 * @param {Wanted} wanted
 * @returns {Candidate}
 */
function rated(plan, seats, { categories, x, y }) {
  const strangers = seats.filter((seat) => !categories.has(plan.category[seat])).length;
  const distance = Math.hypot(meanOf(seats, plan.x) - x, meanOf(seats, plan.y) - y);
  return { seats, strangers, distance };
}

/**
 * Return how far the nearest point of a row's box is.
 *
 * @param {Row} row
 * @param {Wanted} wanted
 */
function distanceTo({ box }, { x, y }) {
  const dx = Math.max(box.left - x, 0, x - box.right);
  const dy = Math.max(box.top - y, 0, y - box.bottom);
  return Math.hypot(dx, dy);
}

/**
 * @param {SeatPlan} plan
 * @param {Row} row
 */
function usualGap(plan, { first, end }) {
  const gaps = [];
  for (let seat = first + 1; seat < end; seat++) gaps.push(gapBefore(plan, seat));
  return gaps.sort((one, other) => one - other)[(gaps.length - 1) >> 1] ?? 0;
}

/**
 * @param {SeatPlan} plan
 * @param {number} seat not the first of its row
 */
function gapBefore({ x, y }, seat) {
  return Math.hypot(x[seat] - x[seat - 1], y[seat] - y[seat - 1]);
}

/**
 * @param {readonly number[]} seats
 * @param {Float32Array} values by seat
 */
function meanOf(seats, values) {
  return seats.reduce((sum, seat) => sum + values[seat], 0) / seats.length;
}
