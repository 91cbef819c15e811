/** Where a browser keeps small things, even one that forbids it to keep any. */

/** @typedef {import('./session_token.js').KeyStore} KeyStore */

/**
 * Return `localStorage`, or a store that forgets with the page when that is forbidden (private
 * windows, sandboxed frames).
 *
 * @returns {KeyStore}
 */
export function openKeyStore() {
  try {
    const probe = 'seatwire.probe';
    localStorage.setItem(probe, probe);
    localStorage.removeItem(probe);
    return localStorage;
  } catch {
    return new MemoryStore();
  }
}

/** @implements {KeyStore} */
export class MemoryStore {
  /** @type {Map<string, string>} */
  #values = new Map();

  /** @param {string} key */
  getItem(key) {
    return this.#values.get(key) ?? null;
  }

  /**
   * @param {string} key
   * @param {string} value
   */
  setItem(key, value) {
    this.#values.set(key, value);
  }

  /** @param {string} key */
  removeItem(key) {
    this.#values.delete(key);
  }
}
