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

/** Refusals that pass by themselves; nothing has happened. */
const TEMPORARY_CODES = Object.freeze(['unavailable', 'rate_limited']);

/**
 * Send a command and return its reply, asking again when the answer is lost or the server is busy.
 * Rejects with WireError; with one of OUTCOME_UNKNOWN_CODES when it stays unknown.
 *
 * @param {Pick<import('./connection.js').Connection, 'request' | 'whenReady'>} connection
 * @param {import('./clock.js').Clock} clock
 * @param {string} op
 * @param {Record<string, unknown>} fields
 * @returns {Promise<Reply>}
 */
export async function requestPatiently(connection, clock, op, fields) {
  const begunAt = clock.now();
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
  // A first attempt without a connection was never sent: say so at once.
  return code === 'not_connected' && attempt > 0;
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
