/**
 * This browser's token, kept between visits.
 *
 * The token says who the holder is. Losing it loses the holds made with it, so it is replaced only
 * when the server refuses it.
 */

const STORAGE_KEY = 'seatwire.token';

/** @typedef {Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>} KeyStore */

export class SessionToken {
  #api;
  #store;
  /** @type {Promise<string> | null} */
  #asking = null;

  /**
   * @param {Pick<import('./api.js').Api, 'newSession'>} api
   * @param {KeyStore} store
   */
  constructor(api, store) {
    this.#api = api;
    this.#store = store;
  }

  /**
   * Return the kept token, or begin a session when there is none.
   *
   * @returns {Promise<string>}
   */
  async get() {
    const kept = this.#store.getItem(STORAGE_KEY);
    if (kept) return kept;
    // Two askers at once must not become two holders.
    this.#asking ??= this.#begin().finally(() => (this.#asking = null));
    return this.#asking;
  }

  /**
   * Forget *token* after the server refused it; another tab may have replaced it already.
   *
   * @param {string} token
   */
  forget(token) {
    if (this.#store.getItem(STORAGE_KEY) === token) this.#store.removeItem(STORAGE_KEY);
  }

  async #begin() {
    const { token } = await this.#api.newSession();
    this.#store.setItem(STORAGE_KEY, token);
    return token;
  }
}
