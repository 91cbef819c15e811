/**
 * The buyer's own hold at one show: clicks into commands, answers into its HoldState.
 *
 * Rule 1: every command names the hold by an id made here and kept, so a lost answer is asked for
 * again and never makes a second hold. Rule 2: clicks do not wait for each other. Rule 3: a seat is
 * held when the server has said so; until then it is changing.
 *
 * Events:
 *   change  anything that can be read here has changed
 *   taken_back  what was asked about a seat has been taken back; detail: the seat
 *   notice  something the buyer has to be told; detail: Notice
 *   booked  the hold has just been booked here; detail: Booking
 */

import { systemClock } from './clock.js';
import { Emitter } from './emitter.js';
import { HoldKeeper } from './hold_keeper.js';
import { HoldState } from './hold_state.js';
import { HoldWatch } from './hold_watch.js';
import { requestPatiently } from './patient_request.js';
import { WireError } from './protocol.js';
import { newUuid } from './uuid.js';

/** @typedef {import('./hold_watch.js').Notice} Notice */
/** @typedef {import('./hold_watch.js').Action} Action */

/** An extension by less than this is none: a hold lasts only so long. */
const EXTENSION_MS_MIN = 1_000;

/** A wish that was taken back before it was sent. */
const TAKEN_BACK = Symbol('taken back');

export class Holding extends Emitter {
  #connection;
  #showId;
  #clock;
  #state;
  #watch;
  /** What was wished for a seat and can be taken back. @type {Map<number, AbortController>} */
  #wishes = new Map();

  /**
   * @param {object} parts
   * @param {import('./connection.js').Connection} parts.connection
   * @param {Pick<import('./api.js').Api, 'hold'>} parts.api
   * @param {Pick<import('./session_token.js').SessionToken, 'get'>} parts.token
   * @param {number} parts.showId
   * @param {import('./session_token.js').KeyStore} parts.store
   * @param {import('./held_prices.js').PriceOf} parts.priceNow
   * @param {import('./clock.js').Clock} [parts.clock]
   */
  constructor({ connection, api, token, showId, store, priceNow, clock = systemClock }) {
    super();
    this.#connection = connection;
    this.#showId = showId;
    this.#clock = clock;
    this.#state = new HoldState(new HoldKeeper(store, showId), priceNow);
    this.#watch = new HoldWatch({
      connection,
      api,
      token,
      showId,
      clock,
      state: this.#state,
      onChange: () => this.emit('change'),
      onNotice: (notice) => this.emit('notice', notice),
    });
  }

  /** The seats the server has confirmed. */
  get seats() {
    return this.#state.seats;
  }

  /** The seats asked for or given back whose answer is still out. */
  get changing() {
    return this.#state.changing;
  }

  /** What the held seats cost in all, in minor units; null when it is not known. */
  get total() {
    return this.#state.total;
  }

  /**
   * Return what a held seat costs, in minor units: the price that it was held at; undefined when it
   * is not known.
   *
   * @param {number} seat
   */
  priceOf(seat) {
    return this.#state.priceOf(seat);
  }

  /** More may be known of what seats cost now. */
  learnPrices() {
    this.#state.learnPrices();
  }

  /** How long the hold still lasts, in milliseconds; null without a hold. */
  get remainingMs() {
    const { deadline } = this.#state;
    return deadline === null ? null : Math.max(deadline - this.#clock.now(), 0);
  }

  /** What is being done with the whole hold, if anything. */
  get busy() {
    return this.#state.busy;
  }

  /** The last booking, until it is put away. */
  get booking() {
    return this.#state.booking;
  }

  start() {
    this.#watch.start();
  }

  stop() {
    this.#watch.stop();
  }

  /** Hold one more seat. @param {number} seat */
  async add(seat) {
    if (this.seats.has(seat) || this.changing.has(seat)) return;
    const { signal } = this.#wish(seat, 'adding');
    await this.#attempt('hold', [seat], () => this.#addToHold(seat, signal));
    // What was sent before it was taken back may have been carried out.
    if (signal.aborted) await this.remove(seat);
  }

  /** Give one seat back. @param {number} seat */
  async remove(seat) {
    if (!this.seats.has(seat) || this.changing.has(seat)) return;
    const { signal } = this.#wish(seat, 'removing');
    await this.#attempt('release', [seat], () => this.#release(seat, signal));
    if (signal.aborted) await this.add(seat);
  }

  /**
   * Say whether what is asked about a seat waits for the connection, and can be taken back.
   *
   * @param {number} seat
   */
  isWaiting(seat) {
    const wish = this.#wishes.get(seat);
    return wish !== undefined && !wish.signal.aborted && !this.#connection.isReady;
  }

  /** Take back what waits for the connection. @param {number} seat */
  takeBack(seat) {
    if (!this.isWaiting(seat)) return;
    this.#wishes.get(seat)?.abort(TAKEN_BACK);
    this.emit('taken_back', seat);
    this.emit('change');
  }

  /** Give all seats back. */
  async releaseAll() {
    await this.#withWholeHold('release', async (hold) => {
      const { version } = await this.#ask('release', { hold });
      if (hold === this.#state.holdId) this.#state.release([...this.seats], version);
    });
  }

  /** Let the hold last longer. */
  async extend() {
    await this.#withWholeHold('extend', async (hold) => {
      const askedAt = this.#clock.now();
      const before = this.#state.deadline ?? 0;
      const reply = await this.#ask('extend', { hold });
      if (hold !== this.#state.holdId) return;
      this.#watch.setTime(askedAt, reply.expires_in_ms);
      const gainedMs = askedAt + reply.expires_in_ms - before;
      if (gainedMs < EXTENSION_MS_MIN) this.emit('notice', { kind: 'no_more_time' });
    });
  }

  /** Make the hold a booking. */
  async book() {
    await this.#withWholeHold('book', async (hold) => {
      const { booking, seats, total } = await this.#ask('book', { hold });
      this.#state.book({ booking, hold, seats, total });
      this.emit('booked', this.booking);
    });
  }

  /** Put the last booking away. */
  dismissBooking() {
    this.#state.dismissBooking();
    this.emit('change');
  }

  /**
   * @param {number} seat
   * @param {import('./hold_state.js').SeatChange} change
   */
  #wish(seat, change) {
    const wish = new AbortController();
    this.#wishes.set(seat, wish);
    this.changing.set(seat, change);
    return wish;
  }

  /**
   * @param {number} seat
   * @param {AbortSignal} signal
   */
  async #addToHold(seat, signal) {
    for (let isRetry = false; ; isRetry = true) {
      const hold = this.#holdId();
      const askedAt = this.#clock.now();
      try {
        const reply = await this.#ask('hold', { hold, seats: [seat] }, signal);
        if (hold === this.#state.holdId) this.#watch.confirm(/** @type {any} */ (reply), askedAt);
        return;
      } catch (error) {
        if (!isGone(error) || isRetry) throw error;
        // The hold ended while this click was under way; the seat is still wanted, unless it is
        // booked already.
        if (hold === this.#state.holdId) await this.#watch.learnEnd(hold);
        if (this.booking?.hold === hold && this.booking.seats.includes(seat)) return;
      }
    }
  }

  /** Return the id to hold under: ours, one that another tab has begun, or a new one. */
  #holdId() {
    if (this.#state.holdId === null) this.#state.begin(this.#state.keptHoldId ?? newUuid());
    return /** @type {string} */ (this.#state.holdId);
  }

  /**
   * @param {number} seat
   * @param {AbortSignal} signal
   */
  async #release(seat, signal) {
    const hold = this.#state.holdId;
    const { version } = await this.#ask('release', { hold, seats: [seat] }, signal);
    if (hold === this.#state.holdId) this.#state.release([seat], version);
  }

  /**
   * @param {import('./hold_state.js').WholeHoldAction} action
   * @param {(hold: string) => Promise<void>} act
   */
  async #withWholeHold(action, act) {
    const hold = this.#state.holdId;
    if (hold === null || this.#state.isAsking || this.seats.size === 0) return;
    this.#state.busy = action;
    await this.#attempt(action, [...this.seats], () => act(hold));
  }

  /**
   * Do something about *seats* that has been marked as under way, unmark it, and tell a failure.
   *
   * @param {Action} action
   * @param {number[]} seats
   * @param {() => Promise<void>} act
   */
  async #attempt(action, seats, act) {
    this.emit('change');
    /** @type {unknown} */
    let failure = null;
    try {
      await act();
    } catch (error) {
      failure = isGone(error) ? await this.#takeEnd(action, error) : error;
    }
    if (failure === TAKEN_BACK) failure = null;
    for (const seat of seats) {
      this.changing.delete(seat);
      this.#wishes.delete(seat);
    }
    if (action === this.busy) this.#state.busy = null;
    if (this.total === null && this.seats.size > 0) this.#watch.refresh();
    if (failure instanceof WireError) this.#watch.refuse(action, failure, seats);
    this.emit('change');
    if (failure !== null && !(failure instanceof WireError)) throw failure;
  }

  /**
   * Find out how the hold ended. Returns what is still to be told: a seat that was not got.
   *
   * @param {Action} action
   * @param {unknown} error
   */
  async #takeEnd(action, error) {
    const hold = this.#state.holdId;
    if (hold !== null) await this.#watch.learnEnd(hold);
    return action === 'hold' ? error : null;
  }

  /**
   * @param {string} op
   * @param {Record<string, unknown>} fields
   * @param {AbortSignal} [signal]
   */
  #ask(op, fields, signal) {
    const command = { show: this.#showId, ...fields };
    return requestPatiently(this.#connection, this.#clock, op, command, signal);
  }
}

/** @param {unknown} error */
function isGone(error) {
  return error instanceof WireError && error.code === 'hold_gone';
}
