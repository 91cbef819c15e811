/**
 * One show as one buyer has it open: plan, live seats, own hold. What a map, a list or a kiosk
 * screen shows is read from here, and what a click means is decided here.
 *
 * `sync` and `holding` have events of their own. Events here:
 *   show     `show` has changed
 *   plan     `plan` has come
 *   problem  `problem` has changed
 *   notice   the buyer has to be told something; detail: a Notice of the holding, or
 *            {kind: 'not_free', seat, status}
 */

import { Api } from './api.js';
import { retryDelayMs } from './backoff.js';
import { systemClock } from './clock.js';
import { Connection } from './connection.js';
import { Emitter } from './emitter.js';
import { Holding } from './holding.js';
import { openKeyStore } from './key_store.js';
import { PlanError, SeatPlan } from './plan.js';
import { SeatStatus, WireError } from './protocol.js';
import { SeatMapSync } from './seat_map_sync.js';
import { SessionToken } from './session_token.js';
import { onWake } from './sleep.js';

/** @typedef {import('./protocol.js').Show} Show */
/** @typedef {{kind: 'no_show' | 'no_plan' | 'bad_plan' | 'closed', words: string}} Problem
 *   words: what the server said; only `no_plan` passes by itself */
/** @typedef {{token?: Pick<SessionToken, 'get' | 'forget'>,
 *   store?: import('./session_token.js').KeyStore}} Access
 *   who looks, when it is not this browser's buyer, and where their hold is kept */

export class ShowSession extends Emitter {
  #api;
  #showId;
  #connection;
  #sync;
  #holding;
  /** @type {Show | null} what HTTP said, until the socket says it */
  #firstShow = null;
  /** @type {SeatPlan | null} */
  #plan = null;
  #planHash = '';
  /** @type {Problem | null} */
  #problem = null;
  #cancelRetry = () => {};
  #listening = new AbortController();

  /**
   * @param {string} server origin of the server
   * @param {number} showId
   * @param {Access} [access]
   */
  constructor(server, showId, { store = openKeyStore(), token } = {}) {
    super();
    this.#showId = showId;
    this.#api = new Api(server);
    token ??= new SessionToken(this.#api, store);
    this.#connection = new Connection({ server, token, visible: !document.hidden });
    this.#sync = new SeatMapSync(this.#connection, showId);
    this.#holding = new Holding({
      connection: this.#connection,
      api: this.#api,
      token,
      showId,
      store,
      priceNow: (seat) => this.priceNowOf(seat),
    });
  }

  get sync() {
    return this.#sync;
  }

  get holding() {
    return this.#holding;
  }

  /** The show as last heard of; null before. */
  get show() {
    return this.#sync.show ?? this.#firstShow;
  }

  /** The seating plan; null until it has come. */
  get plan() {
    return this.#plan;
  }

  /** What is in the way of a map; null when nothing is. */
  get problem() {
    return this.#problem;
  }

  start() {
    const { signal } = this.#listening;
    this.#sync.on('show', () => this.#takeShow(), signal);
    this.#sync.on('refused', ({ message }) => this.#failForGood('no_show', message), signal);
    this.#connection.on('closed', (reason) => this.#fail('closed', reason), signal);
    this.#holding.on('notice', (notice) => this.emit('notice', notice), signal);
    const showVisibility = () => this.#connection.setVisible(!document.hidden);
    document.addEventListener('visibilitychange', showVisibility, { signal });
    window.addEventListener('online', () => this.#connection.hurry(), { signal });
    onWake(() => this.#connection.wake(), systemClock, signal);
    this.#sync.start();
    this.#holding.start();
    this.#connection.open();
    this.#fetchShow();
  }

  /** Release everything: socket, timers, listeners. */
  stop() {
    this.#listening.abort();
    this.#cancelRetry();
    this.#holding.stop();
    this.#sync.stop();
    this.#connection.close();
  }

  /**
   * Do what a click on a seat means: take it, give it back, or say why not. What still waits for
   * the connection is taken back.
   *
   * @param {number} seat
   */
  toggle(seat) {
    if (this.#holding.changing.has(seat)) return this.#holding.takeBack(seat);
    if (this.#holding.seats.has(seat)) return this.#holding.remove(seat);
    const status = this.#sync.statuses[seat];
    if (status === undefined || status === SeatStatus.AVAILABLE) return this.#holding.add(seat);
    this.emit('notice', { kind: 'not_free', seat, status });
  }

  /**
   * Return what a seat costs this buyer in minor units: held ones keep the price that they were held
   * at. Undefined when it is not known.
   *
   * @param {number} seat
   */
  priceOf(seat) {
    const isHeld = this.#holding.seats.has(seat);
    return isHeld ? this.#holding.priceOf(seat) : this.priceNowOf(seat);
  }

  /**
   * Return what a seat costs who would hold it now, in minor units; undefined while the show is not
   * known.
   *
   * @param {number} seat
   */
  priceNowOf(seat) {
    if (this.#plan === null) return undefined;
    return this.show?.prices[this.#plan.categories[this.#plan.category[seat]].name];
  }

  /** Ask over HTTP too: the plan can then load while the socket opens. */
  async #fetchShow() {
    try {
      const show = await this.#api.show(this.#showId);
      if (this.#sync.show !== null) return;
      this.#firstShow = show;
      this.#takeShow();
    } catch (error) {
      // Everything but "no such show" is left to the socket, which tries again by itself.
      if (!(error instanceof WireError) || error.code !== 'not_found') return;
      this.#failForGood('no_show', error.message);
    }
  }

  #takeShow() {
    const show = /** @type {Show} */ (this.show);
    this.#holding.learnPrices();
    this.emit('show');
    if (show.plan_hash === this.#planHash) return;
    this.#planHash = show.plan_hash;
    this.#fetchPlan(show, 0);
  }

  /**
   * @param {Show} show
   * @param {number} attempt
   */
  async #fetchPlan(show, attempt) {
    this.#cancelRetry();
    try {
      const plan = new SeatPlan(await this.#api.plan(show.plan_hash));
      if (this.#listening.signal.aborted || show.plan_hash !== this.#planHash) return;
      if (plan.count !== show.count) throw new PlanError('The plan is not the one of this show.');
      this.#plan = plan;
      this.#holding.learnPrices();
      if (this.#problem?.kind === 'no_plan') this.#problem = null;
      this.emit('problem');
      this.emit('plan');
    } catch (error) {
      if (this.#listening.signal.aborted || show.plan_hash !== this.#planHash) return;
      this.#planFailed(show, attempt, error);
    }
  }

  /**
   * @param {Show} show
   * @param {number} attempt
   * @param {unknown} error
   */
  #planFailed(show, attempt, error) {
    if (!(error instanceof WireError)) {
      return this.#fail('bad_plan', String(error));
    }
    this.#fail('no_plan', error.message);
    const delayMs = retryDelayMs(attempt, systemClock.random());
    this.#cancelRetry = systemClock.after(delayMs, () => this.#fetchPlan(show, attempt + 1));
  }

  /**
   * @param {Problem['kind']} kind
   * @param {string} words
   */
  #failForGood(kind, words) {
    this.stop();
    this.#fail(kind, words);
  }

  /**
   * @param {Problem['kind']} kind
   * @param {string} words
   */
  #fail(kind, words) {
    this.#problem = { kind, words };
    this.emit('problem');
  }
}
