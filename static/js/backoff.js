/** How long to wait before trying again. Pure. */

const DELAY_MS_BASE = 1_000;
const DELAY_MS_MAX = 30_000;

/**
 * Return a full-jitter delay in milliseconds: anywhere between nothing and 1 s · 2^attempt, at
 * most 30 s. The first retry (attempt 0) is spread too: when an instance goes down, all its
 * watchers lose their sockets in the same moment and must not come back in the same one.
 *
 * @param {number} attempt 0 for the first retry
 * @param {number} random 0 ≤ random < 1
 */
export function retryDelayMs(attempt, random) {
  return Math.floor(random * Math.min(DELAY_MS_MAX, DELAY_MS_BASE * 2 ** attempt));
}
