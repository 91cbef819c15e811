/** Something done at most once per interval, and the last time asked for is never left out. */

import { systemClock } from './clock.js';

export class Throttle {
  #intervalMs;
  #act;
  #clock;
  #lastAt = -Infinity;
  #isWaiting = false;
  #cancel = () => {};

  /**
   * @param {number} intervalMs
   * @param {() => void} act
   * @param {Pick<import('./clock.js').Clock, 'now' | 'after'>} [clock]
   */
  constructor(intervalMs, act, clock = systemClock) {
    this.#intervalMs = intervalMs;
    this.#act = act;
    this.#clock = clock;
  }

  /** Do it now when it is long enough ago, otherwise as soon as it is. */
  ask() {
    if (this.#isWaiting) return;
    const delayMs = this.#lastAt + this.#intervalMs - this.#clock.now();
    if (delayMs <= 0) return this.now();
    this.#isWaiting = true;
    this.#cancel = this.#clock.after(delayMs, () => this.now());
  }

  /** Do it now, however long ago the last time was. */
  now() {
    this.stop();
    this.#lastAt = this.#clock.now();
    this.#act();
  }

  /** Forget what was asked for. */
  stop() {
    this.#cancel();
    this.#isWaiting = false;
  }
}
