/**
 * A command asked again until its outcome is known.
 *
 * Holding, extending, releasing and booking carry an id made here and have the same effect however
 * often they are asked, so asking again is the way to learn what a lost answer said.
 */

import { OUTCOME_UNKNOWN_CODES } from './link.js';
import { WireError } from './protocol.js';
import { retryDelayMs } from './backoff.js';

/** @typedef {import('./protocol.js').Reply} Reply */

const ATTEMPTS_MAX = 4;

/** A click that could not be sent for longer than this is not what the buyer wants any more. */
const PATIENCE_MS = 30_000;

/**
 * How long a command waits for a connection before it is sent at all: most come back within this
 * time, and a click that does nothing for longer is better answered.
 */
const CONNECT_PATIENCE_MS = 8_000;

/** Refusals that pass by themselves; nothing has happened. */
const TEMPORARY_CODES = Object.freeze(['unavailable', 'rate_limited']);

/** @typedef {Pick<import('./connection.js').Connection, 'isReady' | 'request' | 'whenReady'>} Asked */

/**
 * Send a command and return its reply. Without a connection it waits up to CONNECT_PATIENCE_MS for
 * one; it asks again when the answer is lost or the server is busy. Rejects with WireError: with
 * `not_connected` when nothing was sent, with one of OUTCOME_UNKNOWN_CODES when it stays unknown.
 * Rejects with the reason of *signal* when that aborts before anything was sent; later it means
 * nothing.
 *
 * @param {Asked} connection
 * @param {import('./clock.js').Clock} clock
 * @param {string} op
 * @param {Record<string, unknown>} fields
 * @param {AbortSignal} [signal]
 * @returns {Promise<Reply>}
 */
export async function requestPatiently(connection, clock, op, fields, signal) {
  const begunAt = clock.now();
  if (!connection.isReady) await readyWithin(connection, clock, CONNECT_PATIENCE_MS, signal);
  signal?.throwIfAborted();
  for (let attempt = 0; ; attempt++) {
    try {
      return await connection.request(op, fields);
    } catch (error) {
      if (!(error instanceof WireError) || attempt + 1 >= ATTEMPTS_MAX) throw error;
      if (!mayAskAgain(error.code, attempt)) throw error;
      await connection.whenReady();
      await wait(clock, (error.fields.retry_in_ms ?? 0) + retryDelayMs(attempt, clock.random()));
      if (clock.now() - begunAt > PATIENCE_MS) throw error;
    }
  }
}

/**
 * @param {string} code
 * @param {number} attempt
 */
function mayAskAgain(code, attempt) {
  if (OUTCOME_UNKNOWN_CODES.includes(code) || TEMPORARY_CODES.includes(code)) return true;
  // A first attempt has waited for a connection already, and was never sent.
  return code === 'not_connected' && attempt > 0;
}

/**
 * Resolve when there is a connection, when there will never be one, when the time is over, or when
 * *signal* aborts.
 *
 * @param {Asked} connection
 * @param {import('./clock.js').Clock} clock
 * @param {number} limitMs
 * @param {AbortSignal} [signal]
 * @returns {Promise<void>}
 */
function readyWithin(connection, clock, limitMs, signal) {
  return new Promise((resolve) => {
    const cancelLimit = clock.after(limitMs, resolve);
    const settle = () => (cancelLimit(), resolve());
    connection.whenReady().then(settle, settle);
    signal?.addEventListener('abort', settle, { once: true });
  });
}

/**
 * @param {import('./clock.js').Clock} clock
 * @param {number} delayMs
 * @returns {Promise<void>}
 */
function wait(clock, delayMs) {
  return new Promise((resolve) => {
    clock.after(delayMs, resolve);
  });
}
