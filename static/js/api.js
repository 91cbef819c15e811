/** The HTTP side of a Seatwire server. */

import { askJson } from './http.js';

/** Plans are large (megabytes); a slow line may take its time. */
const PLAN_TIMEOUT_MS = 120_000;

export class Api {
  #base;

  /** @param {string} server origin of the server, as in `https://seats.example` */
  constructor(server) {
    this.#base = new URL('/api/v1/', server);
  }

  /** @returns {Promise<import('./protocol.js').Show[]>} */
  async shows() {
    return (await this.#ask('GET', 'shows')).shows;
  }

  /**
   * @param {number} show
   * @returns {Promise<import('./protocol.js').Show>}
   */
  show(show) {
    return this.#ask('GET', `shows/${show}`);
  }

  /**
   * @param {number} venue
   * @returns {Promise<{venue: number, name: string, plan_hash: string, count: number}>}
   */
  venue(venue) {
    return this.#ask('GET', `venues/${venue}`);
  }

  /**
   * Fetch a plan document. It is immutable: the browser's cache keeps it for ever.
   *
   * @param {string} planHash
   * @returns {Promise<any>}
   */
  plan(planHash) {
    return this.#ask('GET', `plans/${planHash}`, { timeoutMs: PLAN_TIMEOUT_MS });
  }

  /**
   * Begin an anonymous buyer's session.
   *
   * @returns {Promise<{token: string, holder: string, expires_in: number}>}
   */
  newSession() {
    return this.#ask('POST', 'sessions');
  }

  /**
   * @param {number} show
   * @param {string} hold
   * @param {string} token
   * @returns {Promise<any>}
   */
  hold(show, hold, token) {
    return this.#ask('GET', `shows/${show}/holds/${hold}`, { token });
  }

  /**
   * Ask and return the answer's body. Rejects with WireError.
   *
   * @param {string} method
   * @param {string} path
   * @param {import('./http.js').AskOptions} [options]
   * @returns {Promise<any>}
   */
  #ask(method, path, options) {
    return askJson(new URL(path, this.#base), { method, ...options });
  }
}
