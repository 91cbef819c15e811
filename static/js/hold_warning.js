/** When a buyer is told that the time of their hold runs out. Pure. */

const SOON_MS = 60_000;

/** A short hold must not begin with a warning. */
const SOON_SHARE_MAX = 1 / 3;

export class HoldWarning {
  #isSoon = false;

  /**
   * Take the time left; say whether that is little, and whether it has just become little. After
   * more time was given, the next warning is a new one.
   *
   * @param {number | null} remainingMs null without a hold
   * @param {number} holdMs how long a hold lasts
   */
  update(remainingMs, holdMs) {
    const soonMs = Math.min(SOON_MS, holdMs * SOON_SHARE_MAX);
    const wasSoon = this.#isSoon;
    this.#isSoon = remainingMs !== null && remainingMs <= soonMs;
    return { isSoon: this.#isSoon, isNews: this.#isSoon && !wasSoon && remainingMs !== 0 };
  }
}
