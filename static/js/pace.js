/**
 * How sharp a picture this machine can draw in every frame. Pure.
 *
 * Without a graphics processor, stretching a picture costs time by the pixel. Where frames come too
 * seldom while somebody zooms, a picture of half the width and height moves smoothly; it is sharp
 * again as soon as it rests.
 */

/** A frame longer than this is seen as a stutter: 60 Hz, and half a frame for the clock's noise. */
const FRAME_MS_MAX = 24;

/** One long frame is a hiccup, so many in a row are a slow machine. */
const SLOW_FRAMES_MIN = 2;

/** A machine that was slow is taken to be so for this long; then it may try again. */
const COARSE_MS = 20_000;

const COARSE_SHARE = 0.5;

export class Pace {
  #lastMs = -Infinity;
  #wasDrawn = false;
  #slowFrames = 0;
  #coarseUntilMs = -Infinity;

  /**
   * Take note of a frame while somebody zooms. Return the share of the screen's pixels in a row that
   * the picture should have.
   *
   * @param {number} nowMs the frame's time
   */
  next(nowMs) {
    if (this.#wasDrawn) {
      const isSlow = nowMs - this.#lastMs > FRAME_MS_MAX;
      this.#slowFrames = isSlow ? this.#slowFrames + 1 : 0;
    }
    this.#lastMs = nowMs;
    if (this.#slowFrames >= SLOW_FRAMES_MIN) {
      this.#slowFrames = 0;
      this.#coarseUntilMs = nowMs + COARSE_MS;
    }
    return nowMs < this.#coarseUntilMs ? COARSE_SHARE : 1;
  }

  /** @param {boolean} isDrawn whether the frame had anything to draw: the next may be late then */
  end(isDrawn) {
    this.#wasDrawn = isDrawn;
  }
}
