/**
 * What is offered to a buyer who was not fast enough. Pure.
 *
 * Clicks are answered one by one; seats lost in quick succession were wanted together, so they are
 * replaced together.
 */

import { nearestFree } from './nearest_free.js';

/** @typedef {import('./hold_watch.js').Notice} Notice */

/** Losses further apart than this have nothing to do with each other. */
const TOGETHER_MS = 4_000;

export class FasterOffers {
  /** @type {number[]} */
  #lost = [];
  #lostAt = -Infinity;

  /**
   * Return the seats that somebody else was faster for, with those lost just before.
   *
   * @param {readonly number[]} seats
   * @param {number} now monotonic milliseconds
   */
  lose(seats, now) {
    const earlier = now - this.#lostAt < TOGETHER_MS ? this.#lost : [];
    this.#lost = [...new Set([...earlier, ...seats])].sort((one, other) => one - other);
    this.#lostAt = now;
    return this.#lost;
  }

  /** The buyer has chosen something else. */
  forget() {
    this.#lost = [];
  }
}

/**
 * Return groups of free seats to take instead of the lost ones.
 *
 * @param {import('./show_session.js').ShowSession} session
 * @param {readonly number[]} lost
 */
export function offersFor({ plan, show, sync, holding }, lost) {
  if (plan === null || show === null) return [];
  const room = show.seats_per_hold_max - holding.seats.size - holding.changing.size;
  const wanted = lost.slice(0, room);
  if (wanted.length === 0) return [];
  const isOurs = (/** @type {number} */ seat) =>
    holding.seats.has(seat) || holding.changing.has(seat);
  return nearestFree(plan, sync.statuses, wanted, isOurs);
}
