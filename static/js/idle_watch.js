/**
 * Notices that nobody is there any more. Pure but for its clock.
 *
 *   watching --nothing for idleMs − warningMs--> warning, each second --nothing--> over
 *   watching, warning --touch--> watching from the start
 */

export class IdleWatch {
  #clock;
  #onWarning;
  #onOver;
  #idleMs = 0;
  #warningMs = 0;
  #deadline = 0;
  #isWarning = false;
  #cancel = () => {};

  /**
   * @param {object} parts
   * @param {import('./clock.js').Clock} parts.clock
   * @param {(seconds: number | null) => void} parts.onWarning how many seconds are left; null when
   *   somebody is there after all
   * @param {() => void} parts.onOver
   */
  constructor({ clock, onWarning, onOver }) {
    this.#clock = clock;
    this.#onWarning = onWarning;
    this.#onOver = onOver;
  }

  /**
   * Watch from now on, in place of what was watched before.
   *
   * @param {number} idleMs
   * @param {number} warningMs the last part of it, counted down aloud
   */
  start(idleMs, warningMs) {
    this.#idleMs = idleMs;
    this.#warningMs = warningMs;
    this.#restart();
  }

  /** Somebody is there. */
  touch() {
    if (this.#idleMs > 0) this.#restart();
  }

  /** Watch no more. */
  stop() {
    this.#idleMs = 0;
    this.#cancel();
    this.#endWarning();
  }

  #restart() {
    this.#deadline = this.#clock.now() + this.#idleMs;
    this.#endWarning();
    this.#arm();
  }

  #arm() {
    this.#cancel();
    const remainingMs = this.#deadline - this.#clock.now();
    if (remainingMs <= 0) return this.#finish();
    if (remainingMs > this.#warningMs) {
      this.#cancel = this.#clock.after(remainingMs - this.#warningMs, () => this.#arm());
      return;
    }
    const seconds = Math.ceil(remainingMs / 1000);
    this.#isWarning = true;
    this.#onWarning(seconds);
    this.#cancel = this.#clock.after(remainingMs - (seconds - 1) * 1000, () => this.#arm());
  }

  #finish() {
    this.stop();
    this.#onOver();
  }

  #endWarning() {
    if (!this.#isWarning) return;
    this.#isWarning = false;
    this.#onWarning(null);
  }
}
