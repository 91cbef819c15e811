/**
 * Pointer, wheel and pinch on an element, as pans, zooms, taps, bands and hovers in its CSS pixels.
 *
 * One pointer pans once it has moved a few pixels, or draws a band where `hasBand` says so; it taps
 * when it has not moved. Two pinch. The middle button always pans.
 */

/** @typedef {'chose' | 'moved' | 'nothing'} TapMeaning what a tap did; moved: the view */

/**
 * @typedef {object} GestureActions
 * @property {(deltaX: number, deltaY: number) => void} pan
 * @property {(factor: number, x: number, y: number) => void} zoom
 * @property {(x: number, y: number, isTouch: boolean) => TapMeaning} tap
 * @property {(x: number, y: number) => void} doubleTap where a tap meant nothing
 * @property {() => boolean} hasBand whether a drag draws a band
 * @property {(from: Point, to: Point) => void} band
 * @property {(how: 'add' | 'remove' | 'cancel') => void} endBand
 * @property {(x: number, y: number) => void} hover
 * @property {() => void} leave
 */

/** A finger is never still; less than this is a tap. */
const DRAG_PX_MIN = 6;

/** Two taps this near and soon are one double tap. */
const DOUBLE_TAP_PX = 24;
const DOUBLE_TAP_MS = 320;

/** Zoom per pixel of wheel: a usual mouse notch (100 px) is about a quarter. */
const WHEEL_ZOOM_PER_PX = 0.0022;

/** Trackpad pinches come as ctrl + wheel in much smaller steps. */
const PINCH_ZOOM_PER_PX = 0.01;

/** Pixels that a wheel "line" and a "page" stand for (WheelEvent.deltaMode 1 and 2). */
const WHEEL_UNIT_PX = [1, 33, 400];

/** @typedef {{x: number, y: number}} Point */

export class Gestures {
  #element;
  #actions;
  /** @type {Map<number, Point>} */
  #pointers = new Map();
  /** @type {Point | null} where a press began that may still become a tap */
  #pressedAt = null;
  /** @type {Point | null} where a band began */
  #bandFrom = null;
  #lastTap = { x: 0, y: 0, atMs: -Infinity, meaning: /** @type {TapMeaning} */ ('nothing') };

  /**
   * @param {HTMLElement} element
   * @param {GestureActions} actions
   * @param {AbortSignal} signal ends the listening
   */
  constructor(element, actions, signal) {
    this.#element = element;
    this.#actions = actions;
    const on = (/** @type {string} */ type, /** @type {(event: any) => void} */ action) =>
      element.addEventListener(type, action, { signal, passive: false });
    on('pointerdown', (event) => this.#press(event));
    on('pointermove', (event) => this.#move(event));
    on('pointerup', (event) => this.#lift(event, true));
    on('pointercancel', (event) => this.#lift(event, false));
    on('pointerleave', () => actions.leave());
    on('wheel', (event) => this.#wheel(event));
  }

  /** @param {PointerEvent} event */
  #press(event) {
    if (event.button > 1) return;
    // The middle button would otherwise begin to scroll.
    if (event.button === 1) event.preventDefault();
    this.#element.setPointerCapture(event.pointerId);
    this.#pointers.set(event.pointerId, this.#at(event));
    const isFirst = this.#pointers.size === 1;
    this.#pressedAt = isFirst ? this.#at(event) : null;
    if (this.#bandFrom !== null) this.#actions.endBand('cancel');
    this.#bandFrom =
      isFirst && event.button === 0 && this.#actions.hasBand() ? this.#pressedAt : null;
  }

  /** @param {PointerEvent} event */
  #move(event) {
    const to = this.#at(event);
    const from = this.#pointers.get(event.pointerId);
    if (from === undefined) {
      if (event.pointerType !== 'touch') this.#actions.hover(to.x, to.y);
      return;
    }
    if (this.#pressedAt !== null && distance(this.#pressedAt, to) < DRAG_PX_MIN) return;
    if (this.#pressedAt !== null) this.#actions.leave();
    this.#pressedAt = null;
    if (this.#bandFrom !== null) this.#actions.band(this.#bandFrom, to);
    else if (this.#pointers.size === 1) this.#actions.pan(to.x - from.x, to.y - from.y);
    else this.#pinch(event.pointerId, from, to);
    this.#pointers.set(event.pointerId, to);
  }

  /**
   * @param {number} pointerId of the finger that moved
   * @param {Point} from
   * @param {Point} to
   */
  #pinch(pointerId, from, to) {
    const other = [...this.#pointers].find(([id]) => id !== pointerId)?.[1];
    if (other === undefined) return;
    const before = Math.max(distance(from, other), 1);
    const factor = Math.max(distance(to, other), 1) / before;
    this.#actions.pan((to.x - from.x) / 2, (to.y - from.y) / 2);
    this.#actions.zoom(factor, (to.x + other.x) / 2, (to.y + other.y) / 2);
  }

  /**
   * @param {PointerEvent} event
   * @param {boolean} mayTap
   */
  #lift(event, mayTap) {
    if (!this.#pointers.delete(event.pointerId)) return;
    const isTap = this.#pressedAt !== null;
    this.#pressedAt = null;
    const isBand = this.#bandFrom !== null && !isTap;
    this.#bandFrom = null;
    if (isBand) {
      const how = event.shiftKey || event.altKey ? 'remove' : 'add';
      this.#actions.endBand(mayTap ? how : 'cancel');
    } else if (isTap && mayTap && event.button === 0) {
      this.#tap(event);
    }
  }

  /** @param {PointerEvent} event */
  #tap(event) {
    const { x, y } = this.#at(event);
    const last = this.#lastTap;
    const isNear = Math.hypot(x - last.x, y - last.y) < DOUBLE_TAP_PX;
    const isSecond = isNear && event.timeStamp - last.atMs < DOUBLE_TAP_MS;
    this.#lastTap = { x, y, atMs: event.timeStamp, meaning: 'nothing' };
    // After the first tap another seat may lie here than the one that both were meant for.
    if (isSecond && last.meaning === 'moved') return;
    const meaning = this.#actions.tap(x, y, event.pointerType === 'touch');
    this.#lastTap.meaning = meaning;
    if (meaning !== 'nothing' || !isSecond || last.meaning !== 'nothing') return;
    this.#lastTap.atMs = -Infinity;
    this.#actions.doubleTap(x, y);
  }

  /** @param {WheelEvent} event */
  #wheel(event) {
    event.preventDefault();
    const { x, y } = this.#at(event);
    const pixels = event.deltaY * WHEEL_UNIT_PX[event.deltaMode];
    const perPixel = event.ctrlKey ? PINCH_ZOOM_PER_PX : WHEEL_ZOOM_PER_PX;
    this.#actions.zoom(Math.exp(-pixels * perPixel), x, y);
  }

  /**
   * @param {MouseEvent} event
   * @returns {Point}
   */
  #at(event) {
    const box = this.#element.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }
}

/**
 * @param {Point} one
 * @param {Point} other
 */
function distance(one, other) {
  return Math.hypot(one.x - other.x, one.y - other.y);
}
