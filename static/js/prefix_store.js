/** A part of a store that others cannot mix up with theirs. */

/** @typedef {import('./session_token.js').KeyStore} KeyStore */

/** @implements {KeyStore} */
export class PrefixStore {
  #store;
  #prefix;

  /**
   * @param {KeyStore} store
   * @param {string} prefix in front of every key
   */
  constructor(store, prefix) {
    this.#store = store;
    this.#prefix = prefix;
  }

  /** @param {string} key */
  getItem(key) {
    return this.#store.getItem(this.#prefix + key);
  }

  /**
   * @param {string} key
   * @param {string} value
   */
  setItem(key, value) {
    this.#store.setItem(this.#prefix + key, value);
  }

  /** @param {string} key */
  removeItem(key) {
    this.#store.removeItem(this.#prefix + key);
  }
}
