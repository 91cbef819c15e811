/** The HTTP side of a Seatwire server. */

import { WireError, errorFrom } from './protocol.js';

/** Longer than a slow mobile network needs, shorter than a buyer's patience. */
const REQUEST_TIMEOUT_MS = 15_000;

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
   * Ask and return the answer's body. Rejects with WireError; its code is `offline` when no answer
   * came at all.
   *
   * @param {string} method
   * @param {string} path
   * @param {{token?: string, timeoutMs?: number}} [options]
   * @returns {Promise<any>}
   */
  async #ask(method, path, { token, timeoutMs = REQUEST_TIMEOUT_MS } = {}) {
    /** @type {Record<string, string>} */
    const headers = { Accept: 'application/json' };
    if (token) headers.Authorization = `Bearer ${token}`;
    const signal = AbortSignal.timeout(timeoutMs);
    let response;
    let body;
    try {
      response = await fetch(new URL(path, this.#base), { method, headers, signal });
      body = await response.json();
    } catch (error) {
      if (response === undefined) throw new WireError('offline', String(error));
      throw new WireError('unavailable', `The server answered ${response.status} without words.`);
    }
    if (response.ok) return body;
    throw problem(response.status, body);
  }
}

/**
 * @param {number} status
 * @param {any} body an RFC 9457 problem with our `code`, or whatever a proxy made up
 */
function problem(status, body) {
  if (typeof body?.code !== 'string') {
    return new WireError('unavailable', `The server answered ${status}.`);
  }
  return errorFrom({ message: body.detail ?? body.title, ...body });
}
