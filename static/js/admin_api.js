/** What the box office asks of the server, always with its token. */

import { askJson } from './http.js';
import { WireError } from './protocol.js';

/** @typedef {import('./protocol.js').Show} Show */
/** @typedef {{seat: number, label: string, name: string, category: string, price: number,
 *   status: number, hold?: string, booking?: string, holder?: string, expires_in_ms?: number,
 *   reason?: string}} SeatDetails */
/** @typedef {{open_holds: number, held_seats: number, bookings: number, watchers: number}} Stake */
/** @typedef {{name: string, price: number, available: number, held: number, booked: number,
 *   blocked: number, revenue: number}} CategorySales */
/** @typedef {{categories: CategorySales[], bookings_by_minute: number[],
 *   lapsing: {hold: string, holder: string, seats: number[], expires_in_ms: number}[],
 *   refusals: Record<string, number>, instances: {instance: string, watchers: number}[],
 *   watchers: number, version: number}} Sales */
/** @typedef {{version: number, kind: string, seats: number[], detail: {reason?: string} | null}}
 *   HistoryEvent */

/** Plans are large (megabytes); a slow line may take its time. */
const PLAN_TIMEOUT_MS = 120_000;

export class AdminApi {
  #base;
  #token;

  /**
   * @param {string} server origin of the server
   * @param {import('./granted_token.js').GrantedToken} token forgotten when the server refuses it
   */
  constructor(server, token) {
    this.#base = new URL('/api/v1/', server);
    this.#token = token;
  }

  /** @returns {Promise<Show[]>} */
  async shows() {
    return (await this.#ask('GET', 'shows')).shows;
  }

  /** @param {number} show @returns {Promise<Sales>} */
  sales(show) {
    return this.#ask('GET', `shows/${show}/sales`);
  }

  /** @param {number} show @param {number} seat @returns {Promise<SeatDetails>} */
  seat(show, seat) {
    return this.#ask('GET', `shows/${show}/seats/${seat}`);
  }

  /** @param {number} show @param {string} booking */
  booking(show, booking) {
    return this.#ask('GET', `shows/${show}/bookings/${booking}`);
  }

  /** @param {number} show @param {string} status @returns {Promise<Stake>} */
  changePreview(show, status) {
    return this.#ask('GET', `shows/${show}/change-preview?status=${encodeURIComponent(status)}`);
  }

  /**
   * @param {number} show
   * @param {Record<string, unknown>} patch
   * @returns {Promise<Show & {reached: number}>}
   */
  changeShow(show, patch) {
    return this.#change('PATCH', `shows/${show}`, { body: patch });
  }

  /**
   * @param {number} show
   * @param {number} after version
   * @returns {Promise<{events: HistoryEvent[]}>}
   */
  events(show, after) {
    return this.#ask('GET', `shows/${show}/events?after=${after}`);
  }

  /**
   * @param {number} show
   * @param {number[]} seats
   * @param {string} reason
   * @returns {Promise<{version: number}>}
   */
  block(show, seats, reason) {
    return this.#change('POST', `shows/${show}/blocks`, { body: { seats, reason } });
  }

  /** @param {number} show @param {number[]} seats @param {string} reason */
  unblock(show, seats, reason) {
    return this.#change('DELETE', `shows/${show}/blocks`, { body: { seats, reason } });
  }

  /**
   * Rejects with `hold_gone` when it has ended.
   *
   * @param {number} show
   * @param {string} hold
   * @returns {Promise<{seats: number[], status: 'held' | 'booked'}>}
   */
  hold(show, hold) {
    return this.#ask('GET', `shows/${show}/holds/${hold}`);
  }

  /** @param {number} show @param {string} hold */
  releaseHold(show, hold) {
    return this.#change('DELETE', `shows/${show}/holds/${hold}`);
  }

  /** @param {number} show @param {string} booking */
  cancelBooking(show, booking) {
    return this.#change('DELETE', `shows/${show}/bookings/${booking}`);
  }

  /**
   * Ask whether a plan can be sold. Rejects with WireError; `fields.faults` says what is wrong.
   *
   * @param {string} text the plan's file
   * @returns {Promise<{name: string, count: number, hash: string, categories: any[]}>}
   */
  checkPlan(text) {
    return this.#ask('POST', 'plans/check', { bodyText: text, timeoutMs: PLAN_TIMEOUT_MS });
  }

  /** @param {string} name @param {unknown} plan @returns {Promise<{venue: number}>} */
  addVenue(name, plan) {
    return this.#change('POST', 'venues', { body: { name, plan }, timeoutMs: PLAN_TIMEOUT_MS });
  }

  /** @param {Record<string, unknown>} form @returns {Promise<Show>} */
  addShow(form) {
    return this.#change('POST', 'shows', { body: form });
  }

  /**
   * Ask for a change. Without an answer nobody knows whether it was made: that is
   * `unknown_outcome`.
   *
   * @param {string} method
   * @param {string} path
   * @param {import('./http.js').AskOptions} [options]
   * @returns {Promise<any>}
   */
  async #change(method, path, options) {
    try {
      return await this.#ask(method, path, options);
    } catch (error) {
      const isOffline = error instanceof WireError && error.code === 'offline';
      throw isOffline ? new WireError('unknown_outcome', error.message) : error;
    }
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {import('./http.js').AskOptions} [options]
   * @returns {Promise<any>}
   */
  async #ask(method, path, options) {
    const token = await this.#token.get();
    try {
      return await askJson(new URL(path, this.#base), { method, token, ...options });
    } catch (error) {
      if (error instanceof WireError && error.code === 'unauthorized') this.#token.forget(token);
      throw error;
    }
  }
}
