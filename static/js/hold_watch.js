/**
 * What the server says about the buyer's hold, asked or unasked, put into its HoldState.
 *
 * Rule 1: nothing ends without a word: a loss is told as a notice. Rule 2: a push carries no
 * version, so a push that differs from what is known only makes us ask.
 */

import { OUTCOME_UNKNOWN_CODES } from './link.js';
import { WireError } from './protocol.js';

/** @typedef {import('./protocol.js').HoldPush} HoldPush */
/** @typedef {import('./hold_state.js').HoldState} HoldState */
/** @typedef {'hold' | import('./hold_state.js').WholeHoldAction} Action */
/** @typedef {{kind: 'refused', action: Action, error: WireError, seats: number[]}
 *   | {kind: 'ended', status: string, seats: number[]}
 *   | {kind: 'no_more_time'}
 *   | {kind: 'booking_cancelled', booking: string}} Notice */

/** The server says within 2 s of its time that a hold has expired; after this we ask. */
const EXPIRY_GRACE_MS = 3_000;

/** A push may come before the reply that explains it; after this a difference is a real one. */
const SETTLE_MS = 500;

/** How long after a question that was not answered the next one follows. */
const RETRY_MS = 5_000;

/** Answers to "what is my hold" that mean: you have none. */
const GONE_CODES = Object.freeze(['not_found', 'forbidden', 'hold_gone']);

export class HoldWatch {
  #connection;
  #api;
  #token;
  #showId;
  #clock;
  #state;
  #onChange;
  #onNotice;
  #cancelExpiryCheck = () => {};
  #cancelRetry = () => {};
  #cancelSettling = () => {};
  #listening = new AbortController();

  /**
   * @param {object} parts
   * @param {import('./connection.js').Connection} parts.connection
   * @param {Pick<import('./api.js').Api, 'hold'>} parts.api
   * @param {Pick<import('./session_token.js').SessionToken, 'get'>} parts.token
   * @param {number} parts.showId
   * @param {import('./clock.js').Clock} parts.clock
   * @param {HoldState} parts.state
   * @param {() => void} parts.onChange
   * @param {(notice: Notice) => void} parts.onNotice
   */
  constructor({ connection, api, token, showId, clock, state, onChange, onNotice }) {
    this.#connection = connection;
    this.#api = api;
    this.#token = token;
    this.#showId = showId;
    this.#clock = clock;
    this.#state = state;
    this.#onChange = onChange;
    this.#onNotice = onNotice;
  }

  /** Listen to the server, and ask what became of the hold this browser had. */
  start() {
    const { signal } = this.#listening;
    this.#connection.on('push', (push) => push.push === 'hold' && this.#take(push), signal);
    // While there was no connection or the machine slept, a push may have been missed, and the time
    // that is left is no longer what was counted.
    this.#connection.on('ready', () => this.refresh(), signal);
    this.#connection.on('awake', () => this.refresh(), signal);
    this.refresh();
  }

  stop() {
    this.#listening.abort();
    this.#cancelExpiryCheck();
    this.#cancelRetry();
    this.#cancelSettling();
  }

  /**
   * Ask the server what the hold is now; without an answer everything stays as it is known, and it
   * is asked again.
   */
  async refresh() {
    this.#cancelRetry();
    const hold = this.#state.holdId;
    if (hold === null || this.#state.isAsking) return;
    const askedAt = this.#clock.now();
    try {
      const answer = await this.#ask(hold);
      if (hold !== this.#state.holdId || this.#state.isAsking) return;
      this.#takeAnswer(hold, answer, askedAt);
    } catch (error) {
      if (!(error instanceof WireError) || hold !== this.#state.holdId) return;
      if (this.#listening.signal.aborted) return;
      // An id the server has not seen may still be on its way there: the next seat uses it again.
      if (error.code === 'not_found' && this.#state.seats.size === 0) return;
      if (GONE_CODES.includes(error.code)) this.lose(error.fields.hold_status ?? 'gone');
      else this.#cancelRetry = this.#clock.after(RETRY_MS, () => this.refresh());
    }
  }

  /**
   * Find out how *hold* ended, which the server says is gone: another tab may have booked it.
   *
   * @param {string} hold
   */
  async learnEnd(hold) {
    /** @type {any} */
    let answer = null;
    let status = 'gone';
    try {
      answer = await this.#ask(hold);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      status = error.fields.hold_status ?? status;
    }
    if (hold !== this.#state.holdId) return;
    if (answer?.status === 'booked') this.#takeAnswer(hold, answer, this.#clock.now());
    else this.lose(status);
  }

  /**
   * Take the server's word for what is held, asked for at *askedAt*.
   *
   * @param {import('./hold_state.js').HoldAnswer} hold
   * @param {number} askedAt
   */
  confirm(hold, askedAt) {
    this.#state.confirm(hold, askedAt);
    this.#armExpiryCheck();
  }

  /**
   * @param {number} askedAt
   * @param {number} expiresInMs
   */
  setTime(askedAt, expiresInMs) {
    this.#state.setTime(askedAt, expiresInMs);
    this.#armExpiryCheck();
  }

  /** @param {string} status why the hold is no more */
  lose(status) {
    this.#cancelExpiryCheck();
    const isNews = !this.#state.isGivingBack;
    const seats = this.#state.end();
    if (seats.length > 0 && isNews) this.#onNotice({ kind: 'ended', status, seats });
    this.#onChange();
  }

  /**
   * Tell why a command was not carried out, and what that means for the hold.
   *
   * @param {Action} action
   * @param {WireError} error
   * @param {number[]} seats that the command was about
   */
  refuse(action, error, seats) {
    this.#onNotice({ kind: 'refused', action, error, seats: error.fields.seats ?? seats });
    if (OUTCOME_UNKNOWN_CODES.includes(error.code)) this.refresh();
  }

  /**
   * @param {string} hold
   * @returns {Promise<any>}
   */
  async #ask(hold) {
    return this.#api.hold(this.#showId, hold, await this.#token.get());
  }

  /** @param {HoldPush} push */
  #take(push) {
    const state = this.#state;
    if (push.show !== this.#showId) return;
    if (push.hold === state.booking?.hold) return this.#takeBookingPush(push);
    // Another tab of this browser may have begun the hold.
    if (state.holdId === null && push.hold === state.keptHoldId) state.begin(push.hold);
    if (push.hold !== state.holdId) return;
    if (push.status === 'held' || push.status === 'booked') this.#settle(push);
    else this.lose(push.status);
  }

  /** @param {HoldPush} push */
  #takeBookingPush({ status }) {
    const booking = this.#state.booking;
    if (status !== 'cancelled' || booking === null) return;
    this.#state.dismissBooking();
    this.#onNotice({ kind: 'booking_cancelled', booking: booking.booking });
    this.#onChange();
  }

  /** @param {HoldPush} push */
  #settle({ status, seats, expires_in_ms }) {
    this.#cancelSettling();
    const held = this.#state.seats;
    const isKnown = seats.length === held.size && seats.every((seat) => held.has(seat));
    if (status !== 'held' || !isKnown) {
      this.#cancelSettling = this.#clock.after(SETTLE_MS, () => this.refresh());
    } else if (typeof expires_in_ms === 'number') {
      // Baskets read the time by themselves; drawn anew between press and release, a button would
      // lose its click.
      this.setTime(this.#clock.now(), expires_in_ms);
    }
  }

  /**
   * @param {string} hold
   * @param {any} answer
   * @param {number} askedAt
   */
  #takeAnswer(hold, answer, askedAt) {
    if (answer.status === 'booked') this.#state.book({ ...answer, hold });
    else this.confirm(answer, askedAt);
    this.#onChange();
  }

  #armExpiryCheck() {
    this.#cancelExpiryCheck();
    const remainingMs = (this.#state.deadline ?? 0) - this.#clock.now();
    const delayMs = Math.max(remainingMs, 0) + EXPIRY_GRACE_MS;
    this.#cancelExpiryCheck = this.#clock.after(delayMs, () => this.refresh());
  }
}
