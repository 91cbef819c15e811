/** Notices that the machine has slept: no event tells a page that stayed visible. Pure. */

const LOOK_MS = 1_000;

/** A busy page may come late; this late it has not run at all. */
const LATE_MS = 5_000;

/**
 * Call *action* whenever this page has not run for a while, until *signal* aborts. The wall clock
 * is asked: the monotonic one of some systems stands still in sleep.
 *
 * @param {() => void} action
 * @param {Pick<import('./clock.js').Clock, 'wallNow' | 'after'>} clock
 * @param {AbortSignal} signal
 */
export function onWake(action, clock, signal) {
  const look = (/** @type {number} */ lastAt) => {
    const now = clock.wallNow();
    if (now - lastAt > LOOK_MS + LATE_MS) action();
    cancel = clock.after(LOOK_MS, () => look(now));
  };
  let cancel = clock.after(LOOK_MS, () => look(startedAt));
  const startedAt = clock.wallNow();
  signal.addEventListener('abort', () => cancel());
}
