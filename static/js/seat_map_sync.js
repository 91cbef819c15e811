/**
 * One show's live seats: a connection's pushes applied to a SeatState, with the truth about how
 * fresh the picture is.
 *
 *   catching_up --snapshot, fitting delta, or a pulse with our version--> live
 *   live --gap, page visible again, new link after none--> catching_up
 *   live --new link that takes over from another, and answers--> live
 *   any --no link--> stale (since the server last spoke)
 *   live --a pulse without our show: the server doubts--> stale (since it was last sure)
 *
 * Events:
 *   seats      detail: the changed [seat, status] pairs, or null when all may have changed
 *   freshness  `freshness` has changed
 *   show       `show` has changed
 *   refused    the server will not let this show be watched; detail: WireError
 */

import { retryDelayMs } from './backoff.js';
import { systemClock } from './clock.js';
import { Emitter } from './emitter.js';
import { OUTCOME_UNKNOWN_CODES } from './link.js';
import { SeatState } from './seat_state.js';

/** @typedef {import('./protocol.js').Push} Push */
/** @typedef {import('./protocol.js').Show} Show */
/** @typedef {import('./protocol.js').WireError} WireError */
/** @typedef {{state: 'live' | 'catching_up' | 'stale', since: number | null}} Freshness
 *   since: milliseconds since 1970, only when stale, null when nothing was ever heard */

/** Refusals that asking again does not cure. */
const FINAL_CODES = Object.freeze(['not_found', 'forbidden', 'bad_message']);

/** A pulse may overtake the delta of its version once; twice means that the delta is lost. */
const PULSES_BEHIND_MAX = 2;

export class SeatMapSync extends Emitter {
  #connection;
  #showId;
  #clock;
  #state = new SeatState();
  /** @type {Show | null} */
  #show = null;
  /** @type {Freshness} */
  #freshness = { state: 'catching_up', since: null };
  /** Grows with every new watch, so that answers to an earlier one are not taken for its own. */
  #turn = 0;
  #isResyncing = false;
  #attempt = 0;
  #pulsesBehind = 0;
  /** @type {number | null} */
  #lastSureAt = null;
  #cancelRetry = () => {};
  #listening = new AbortController();

  /**
   * @param {import('./connection.js').Connection} connection
   * @param {number} showId
   * @param {import('./clock.js').Clock} [clock]
   */
  constructor(connection, showId, clock = systemClock) {
    super();
    this.#connection = connection;
    this.#showId = showId;
    this.#clock = clock;
  }

  get showId() {
    return this.#showId;
  }

  /** The show as the server last described it. */
  get show() {
    return this.#show;
  }

  /** One status byte per seat; empty until the first snapshot. */
  get statuses() {
    return this.#state.statuses;
  }

  /** How many seats have each status, by status. */
  get counts() {
    return this.#state.counts;
  }

  get freshness() {
    return this.#freshness;
  }

  /** Begin to watch, now and after every reconnect. */
  start() {
    const { signal } = this.#listening;
    this.#connection.on('ready', ({ isMove }) => this.#watch(isMove), signal);
    this.#connection.on('down', () => this.#goStale(), signal);
    this.#connection.on('closed', () => this.#goStale(), signal);
    // Watching again is answered at once even when nothing was missed; a pulse would take seconds.
    this.#connection.on('awake', () => this.#watch(), signal);
    this.#connection.on('push', (push) => this.#take(push), signal);
    if (this.#connection.isReady) this.#watch();
  }

  /** Stop listening; the connection stays open. */
  stop() {
    this.#listening.abort();
    this.#cancelRetry();
    this.#turn += 1;
  }

  /**
   * Ask for the show's seats: what happened since our version, or all of them.
   *
   * @param {boolean} [isMove] from a link that still worked: until the new one answers, the picture
   *   is as old as an answer takes, as it always is
   */
  async #watch(isMove = false) {
    const turn = (this.#turn += 1);
    this.#cancelRetry();
    this.#pulsesBehind = 0;
    if (!isMove) this.#setFreshness('catching_up');
    const since = this.#state.position;
    this.#isResyncing = since === null;
    try {
      const reply = await this.#connection.request('watch', {
        show: this.#showId,
        ...(since && { since }),
      });
      if (turn === this.#turn) this.#setShow(reply.show);
    } catch (error) {
      if (turn === this.#turn) this.#watchFailed(/** @type {WireError} */ (error));
    }
  }

  /** @param {WireError} error */
  #watchFailed(error) {
    if (this.#connection.isReady) this.#setFreshness('catching_up');
    if (FINAL_CODES.includes(error.code)) {
      this.emit('refused', error);
      return;
    }
    // Without a link the next `ready` watches again.
    if (!this.#connection.isReady) return;
    if (OUTCOME_UNKNOWN_CODES.includes(error.code)) this.#state.invalidate();
    this.#retryLater(error.fields?.retry_in_ms ?? 0);
  }

  /**
   * Start over with a snapshot, after something did not fit. The first time at once, then ever
   * more slowly: a fault that comes back with each snapshot must not become a flood.
   */
  #resync() {
    if (this.#isResyncing) return;
    this.#isResyncing = true;
    this.#state.invalidate();
    this.#setFreshness('catching_up');
    if (this.#attempt > 0) return this.#retryLater(0);
    this.#attempt += 1;
    this.#rewatch();
  }

  /** @param {number} atLeastMs */
  #retryLater(atLeastMs) {
    this.#cancelRetry();
    const delayMs = atLeastMs + retryDelayMs(this.#attempt, this.#clock.random());
    this.#attempt += 1;
    this.#cancelRetry = this.#clock.after(delayMs, () => this.#rewatch());
  }

  async #rewatch() {
    const turn = (this.#turn += 1);
    try {
      await this.#connection.request('unwatch', { show: this.#showId });
    } catch {
      // The server may know of no watch to end; what counts is the watch that follows.
    }
    if (turn === this.#turn && this.#connection.isReady) this.#watch();
  }

  /** @param {Push} push */
  #take(push) {
    if (push.push === 'pulse') return this.#takePulse(push.shows[String(this.#showId)]);
    if (push.push === 'show') {
      if (push.show.show === this.#showId) this.#setShow(push.show);
      return;
    }
    if (push.push !== 'snapshot' && push.push !== 'delta') return;
    if (push.show !== this.#showId) return;
    if (push.push === 'snapshot') {
      this.#state.applySnapshot(push);
      this.#isResyncing = false;
      return this.#seatsChanged(null);
    }
    const outcome = this.#isResyncing ? 'old' : this.#state.applyDelta(push);
    if (outcome === 'gap') return this.#resync();
    if (outcome === 'applied') {
      this.#attempt = 0;
      this.#seatsChanged(push.seats);
    } else if (push.to === this.#state.position?.version) {
      this.#setFreshness('live');
    }
  }

  /** @param {number | undefined} version the server's */
  #takePulse(version) {
    const position = this.#state.position;
    if (position === null || this.#isResyncing) return;
    if (version === undefined) {
      if (this.#freshness.state === 'live') this.#setFreshness('stale', this.#lastSureAt);
      return;
    }
    if (version <= position.version) {
      this.#pulsesBehind = 0;
      // Behind us is an instance that has not heard yet what another one told us.
      if (version === position.version) this.#setFreshness('live');
      return;
    }
    this.#pulsesBehind += 1;
    if (this.#pulsesBehind >= PULSES_BEHIND_MAX) this.#resync();
  }

  /** @param {[number, number][] | null} seats */
  #seatsChanged(seats) {
    this.#pulsesBehind = 0;
    this.emit('seats', seats);
    this.#setFreshness('live');
  }

  /** @param {Show | undefined} show */
  #setShow(show) {
    if (show === undefined) return;
    this.#show = show;
    this.emit('show');
  }

  #goStale() {
    this.#turn += 1;
    this.#cancelRetry();
    this.#setFreshness('stale', this.#connection.lastHeardAt);
  }

  /**
   * @param {Freshness['state']} state
   * @param {number | null} [since]
   */
  #setFreshness(state, since = null) {
    if (state === 'live') this.#lastSureAt = this.#clock.wallNow();
    if (state === this.#freshness.state && since === this.#freshness.since) return;
    this.#freshness = { state, since };
    this.emit('freshness');
  }
}
