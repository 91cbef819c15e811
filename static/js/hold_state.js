/**
 * What a buyer has at one show: the hold's id, its seats and what they cost, until when, and the
 * last booking. Pure.
 *
 * A seat is held here only when the server has said so. Answers may overtake each other, and the
 * version says which is the later one.
 */

import { HeldPrices } from './held_prices.js';

/** @typedef {import('./hold_keeper.js').Booking} Booking */
/** @typedef {'adding' | 'removing'} SeatChange */
/** @typedef {{seats: number[], version: number, total: number, expires_in_ms: number}}
 *   HoldAnswer */
/** @typedef {'release' | 'extend' | 'book'} WholeHoldAction */

export class HoldState {
  /** Seats asked for or given back whose answer is still out. @type {Map<number, SeatChange>} */
  changing = new Map();
  /** What is being done with the whole hold, if anything. @type {WholeHoldAction | null} */
  busy = null;
  #keeper;
  #priceNow;
  #prices;
  #holdId;
  #booking;
  /** @type {Set<number>} */
  #seats = new Set();
  #version = 0;
  #total = /** @type {number | null} */ (null);
  #deadline = /** @type {number | null} */ (null);

  /**
   * @param {Pick<import('./hold_keeper.js').HoldKeeper, 'holdId' | 'prices' | 'booking'>} keeper
   * @param {import('./held_prices.js').PriceOf} priceNow what a seat costs who would hold it now
   */
  constructor(keeper, priceNow) {
    this.#keeper = keeper;
    this.#priceNow = priceNow;
    this.#prices = new HeldPrices(keeper);
    this.#holdId = keeper.holdId;
    this.#booking = keeper.booking;
  }

  /** The id under which seats are or will be held; null before the first click. */
  get holdId() {
    return this.#holdId;
  }

  /** The id that this browser has kept, perhaps put there by another tab. */
  get keptHoldId() {
    return this.#keeper.holdId;
  }

  /** The seats the server has confirmed. @returns {ReadonlySet<number>} */
  get seats() {
    return this.#seats;
  }

  /** What the held seats cost in all, in minor units; null when it is not known. */
  get total() {
    return this.#total;
  }

  /**
   * Return what a held seat costs, in minor units: the price that it was held at.
   *
   * @param {number} seat
   */
  priceOf(seat) {
    return this.#prices.of(seat);
  }

  /** When the hold's time is over, on the clock that `confirm` was given; null without a hold. */
  get deadline() {
    return this.#deadline;
  }

  /** @returns {Booking | null} */
  get booking() {
    return this.#booking;
  }

  /** Say whether an answer about this hold is still out. */
  get isAsking() {
    return this.changing.size > 0 || this.busy !== null;
  }

  /** Say whether the buyer is giving seats back, so that their loss is no news. */
  get isGivingBack() {
    return this.busy === 'release' || this.#isChanging('removing');
  }

  /** @param {string} holdId */
  begin(holdId) {
    this.#holdId = this.#keeper.holdId = holdId;
  }

  /**
   * Take what the server says the hold is. The time is counted from when the question was asked,
   * so that a slow answer never shows more time than there is.
   *
   * @param {HoldAnswer} hold
   * @param {number} askedAt
   * @returns {boolean} false when a later answer has come before
   */
  confirm({ seats, version, total, expires_in_ms }, askedAt) {
    if (version < this.#version) return false;
    this.#version = version;
    this.#seats = new Set(seats);
    this.#total = total;
    this.learnPrices();
    this.setTime(askedAt, expires_in_ms);
    return true;
  }

  /** More may be known of what seats cost now. */
  learnPrices() {
    if (this.#total !== null) this.#prices.learn([...this.#seats], this.#total, this.#priceNow);
  }

  /**
   * @param {number} askedAt
   * @param {number} expiresInMs
   */
  setTime(askedAt, expiresInMs) {
    this.#deadline = askedAt + expiresInMs;
  }

  /**
   * Take seats out that the server has released.
   *
   * @param {number[]} seats
   * @param {number} version
   */
  release(seats, version) {
    this.#version = Math.max(this.#version, version);
    for (const seat of seats) this.#seats.delete(seat);
    this.#prices.drop(seats);
    this.#total = this.#prices.sumOf(this.#seats);
    // A seat that is being added keeps the hold alive, or learns itself that it is gone.
    if (this.#seats.size === 0 && !this.#isChanging('adding')) this.end();
  }

  /**
   * The hold is no more; the next seat begins a new one. Returns the seats that were lost.
   *
   * @returns {number[]}
   */
  end() {
    const lost = [...this.#seats];
    this.#holdId = this.#keeper.holdId = null;
    this.#seats = new Set();
    this.#prices.forget();
    this.#version = 0;
    this.#total = null;
    this.#deadline = null;
    return lost;
  }

  /**
   * The hold has become a booking.
   *
   * @param {Booking} booking
   */
  book({ booking, hold, seats, total }) {
    this.end();
    this.#booking = this.#keeper.booking = { booking, hold, seats, total };
  }

  /** Put the booking away. */
  dismissBooking() {
    this.#booking = this.#keeper.booking = null;
  }

  /** @param {SeatChange} how */
  #isChanging(how) {
    return [...this.changing.values()].includes(how);
  }
}
