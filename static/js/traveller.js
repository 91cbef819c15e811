/** Moves the view: in one flight where people ask for a place, at once where they want no motion. */

import { placeBetween } from './flight.js';

/** @typedef {import('./viewport.js').Place} Place */

const FLIGHT_MS = 260;

/** So long after the last turn of a wheel somebody is not zooming any more. */
const ZOOM_REST_MS = 140;

export class Traveller {
  #viewport;
  #stillness;
  #onMove;
  /** @type {{from: Place, to: Place, startMs: number} | null} */
  #flight = null;
  #zoomRest = 0;

  /**
   * @param {import('./viewport.js').Viewport} viewport
   * @param {{matches: boolean}} stillness whether the reader wants no motion
   * @param {() => void} onMove the view has changed, or has come to rest
   */
  constructor(viewport, stillness, onMove) {
    this.#viewport = viewport;
    this.#stillness = stillness;
    this.#onMove = onMove;
  }

  /** Whether the scale is changing. */
  get isZooming() {
    return this.#zoomRest !== 0 || this.#flight !== null;
  }

  /** @param {Place} place */
  goTo(place) {
    this.stop();
    if (this.#stillness.matches) this.#viewport.moveTo(place);
    else {
      const { scale, offsetX, offsetY } = this.#viewport;
      this.#flight = { from: { scale, offsetX, offsetY }, to: place, startMs: NaN };
    }
    this.#onMove();
  }

  /**
   * Take the part of the flight that is due.
   *
   * @param {number} nowMs the frame's time
   */
  step(nowMs) {
    if (this.#flight === null) return;
    const { from, to, startMs } = this.#flight;
    if (Number.isNaN(startMs)) {
      this.#flight.startMs = nowMs;
      return;
    }
    const share = (nowMs - startMs) / FLIGHT_MS;
    this.#viewport.moveTo(placeBetween(from, to, share));
    if (share >= 1) this.#flight = null;
    this.#onMove();
  }

  /** Somebody moved the view themselves, which ends a flight. */
  moved() {
    this.stop();
    this.#onMove();
  }

  /** Somebody turned a wheel or pinched. */
  zoomed() {
    this.moved();
    clearTimeout(this.#zoomRest);
    this.#zoomRest = window.setTimeout(() => {
      this.#zoomRest = 0;
      this.#onMove();
    }, ZOOM_REST_MS);
  }

  /** End a flight here. */
  stop() {
    this.#flight = null;
  }

  /** Move nothing any more. */
  end() {
    this.stop();
    clearTimeout(this.#zoomRest);
  }
}
