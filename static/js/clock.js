/**
 * Time and chance, handed to whoever needs them so that tests can own both.
 *
 * @typedef {object} Clock
 * @property {() => number} now monotonic milliseconds
 * @property {() => number} wallNow milliseconds since 1970, for people to read
 * @property {() => number} random 0 ≤ random < 1
 * @property {(delayMs: number, action: () => void) => () => void} after runs *action* once later;
 *   returns what cancels it
 */

/** @type {Clock} */
export const systemClock = {
  now: () => performance.now(),
  wallNow: () => Date.now(),
  random: () => Math.random(),
  after(delayMs, action) {
    const timer = setTimeout(action, delayMs);
    return () => clearTimeout(timer);
  },
};
