/**
 * A token that the house has handed to a person or a device: given once on a page, kept in a store
 * until the server refuses it.
 *
 * Events:
 *   change  there is a token now, or there is none any more
 */

import { Emitter } from './emitter.js';

/** @typedef {import('./session_token.js').KeyStore} KeyStore */
/** @typedef {{role: string, holder: string, expiresAtMs: number}} Claims
 *   expiresAtMs: since 1970 */

const FRAGMENT_KEY = 'token';

export class GrantedToken extends Emitter {
  #store;
  #key;
  /** @type {{promise: Promise<string>, resolve: (token: string) => void} | null} */
  #awaited = null;

  /**
   * @param {KeyStore} store
   * @param {string} key under which the token is kept
   */
  constructor(store, key) {
    super();
    this.#store = store;
    this.#key = key;
  }

  /** The token; null while nobody has given one. */
  get value() {
    return this.#store.getItem(this.#key);
  }

  /** What the token says about itself; null without one. */
  get claims() {
    return this.value === null ? null : readClaims(this.value);
  }

  /**
   * Return the token as soon as there is one.
   *
   * @returns {Promise<string>}
   */
  get() {
    if (this.value !== null) return Promise.resolve(this.value);
    this.#awaited ??= makeAwaited();
    return this.#awaited.promise;
  }

  /** @param {string} token */
  give(token) {
    this.#store.setItem(this.#key, token);
    this.#awaited?.resolve(token);
    this.#awaited = null;
    this.emit('change');
  }

  /**
   * Forget *token*; another one may have been given meanwhile.
   *
   * @param {string} token
   */
  forget(token) {
    if (this.value !== token) return;
    this.#store.removeItem(this.#key);
    this.emit('change');
  }
}

/** Return a promise of a token, with what keeps it. */
function makeAwaited() {
  /** @type {(token: string) => void} */
  let resolve = () => {};
  const promise = new Promise((/** @type {(token: string) => void} */ keep) => (resolve = keep));
  return { promise, resolve };
}

/**
 * Read what a token says. Nothing is verified here: the server does that with every request.
 *
 * @param {string} token
 * @returns {Claims | null} null when it is no token at all
 */
export function readClaims(token) {
  try {
    const [, payload] = token.split('.');
    const binary = atob(payload.replace(/-/g, '+').replace(/_/g, '/'));
    const bytes = Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
    const { role, sub, exp } = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof role !== 'string' || typeof sub !== 'string') return null;
    return { role, holder: sub, expiresAtMs: Number(exp) * 1000 };
  } catch {
    return null;
  }
}

/**
 * Return the token in a fragment `#token=…`, and the fragment without it.
 *
 * @param {string} fragment as in `location.hash`
 * @returns {{token: string | null, rest: string}}
 */
export function splitFragment(fragment) {
  const values = new URLSearchParams(fragment.replace(/^#/, ''));
  const token = values.get(FRAGMENT_KEY);
  values.delete(FRAGMENT_KEY);
  const rest = values.toString();
  return { token, rest: rest && `#${rest}` };
}

/**
 * Take a token out of the page's address, so that it stays in no history and on no screen.
 *
 * @returns {string | null}
 */
export function takeTokenFromAddress() {
  const { token, rest } = splitFragment(location.hash);
  if (token !== null) history.replaceState(null, '', location.pathname + location.search + rest);
  return token;
}
