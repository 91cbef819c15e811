/** Gives back what a visitor left behind, however long that takes. */

/** @typedef {import('./holding.js').Holding} Holding */
/** @typedef {import('./clock.js').Clock} Clock */

/** How long after an attempt that failed the next one follows. */
const RETRY_MS = 1_000;

export class Clearance {
  #holding;
  #clock;
  #isOn = false;
  /** @type {(() => void) | null} while an attempt is not to be repeated yet */
  #cancelRetry = null;

  /**
   * @param {Pick<Holding, 'seats' | 'changing' | 'busy' | 'booking' | 'releaseAll'
   *   | 'dismissBooking' | 'on'>} holding
   * @param {Clock} clock
   * @param {AbortSignal} signal ends it
   */
  constructor(holding, clock, signal) {
    this.#holding = holding;
    this.#clock = clock;
    holding.on('change', () => this.#isOn && this.#clear(), signal);
    signal.addEventListener('abort', () => this.end());
  }

  /** Say whether nothing is left of the last visitor. */
  get isClear() {
    const { seats, changing, booking } = this.#holding;
    return seats.size === 0 && changing.size === 0 && booking === null;
  }

  /** Give back everything, now and whenever something turns up. */
  begin() {
    this.#isOn = true;
    this.#clear();
  }

  /** Somebody is there: what is held from now on is theirs. */
  end() {
    this.#isOn = false;
    this.#cancelRetry?.();
    this.#cancelRetry = null;
  }

  #clear() {
    const { seats, changing, busy, booking } = this.#holding;
    if (booking !== null) return this.#holding.dismissBooking();
    // What is being asked answers first; its answer brings us back here.
    if (seats.size === 0 || changing.size > 0 || busy !== null) return;
    if (this.#cancelRetry !== null) return;
    this.#cancelRetry = this.#clock.after(RETRY_MS, () => {
      this.#cancelRetry = null;
      this.#clear();
    });
    this.#holding.releaseAll();
  }
}
