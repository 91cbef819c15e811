/**
 * A plan on a canvas that people move about in: sizing, pan and zoom, what is under the pointer,
 * the keyboard's focus. It draws once per frame, and only when something changed.
 *
 * It knows seats by index, their statuses and their marks, and nothing of shows or servers.
 */

import { boxAround } from './box.js';
import { MapPointer } from './map_pointer.js';
import { MapScene } from './map_scene.js';
import { nearestTo, neighbourOf } from './neighbours.js';
import { Pace } from './pace.js';
import { Traveller } from './traveller.js';
import { Viewport } from './viewport.js';

/** @typedef {import('./plan.js').SeatPlan} SeatPlan */
/** @typedef {import('./theme.js').Theme} Theme */
/** @typedef {import('./box.js').Box} Box */

/**
 * @typedef {object} MapViewActions
 * @property {(seat: number) => void} pick a seat was clicked or tapped
 * @property {(seat: number, at: {x: number, y: number}) => void} hover the pointer is on a seat;
 *   *at* is the seat's top in CSS pixels of the canvas
 * @property {(section: number, at: {x: number, y: number}) => void} hoverSection the same for one
 *   of `sections`
 * @property {() => void} leave the pointer is on nothing
 * @property {(seat: number) => void} focus the keyboard is on another seat
 * @property {() => boolean} hasBand whether a drag frames seats
 * @property {(box: Box, how: 'add' | 'remove') => void} frame seats were framed; in plan units
 * @property {() => void} move another part of the plan is shown
 */

/** One step of the zoom buttons and keys. */
const ZOOM_STEP = 1.6;

/** The keyboard moves among seats of at least this size, this far from the edge. */
const FOCUS_RADIUS_PX_MIN = 7;
const FOCUS_EDGE_PX = 56;

/** Room around what one looks at, in CSS pixels. */
const LOOK_PADDING_PX = 60;

export class MapView {
  #canvas;
  #plan;
  #actions;
  #scene;
  #viewport;
  #traveller;
  #pointer;
  #frame = 0;
  /** Whether there is no room on the page; nothing is painted meanwhile. */
  #isHidden = true;
  /** Whether the screen shows something old. */
  #isStale = true;
  #pace = new Pace();
  #listening = new AbortController();
  #resizes;

  /**
   * @param {object} parts
   * @param {HTMLCanvasElement} parts.canvas
   * @param {SeatPlan} parts.plan
   * @param {Theme} parts.theme
   * @param {Uint8Array} parts.marks one `SeatMark` per seat, written by the owner
   * @param {Uint8Array} parts.chosen 1 for each chosen seat, written by the owner
   * @param {MapViewActions} parts.actions
   */
  constructor({ canvas, plan, theme, marks, chosen, actions }) {
    const stillness = matchMedia('(prefers-reduced-motion: reduce)');
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
    this.#canvas = canvas;
    this.#plan = plan;
    this.#actions = actions;
    this.#viewport = new Viewport(plan.bounds, plan.typicalRadius);
    this.#traveller = new Traveller(this.#viewport, stillness, () => this.#moved());
    this.#scene = new MapScene({ context, plan, theme, marks, chosen, fades: !stillness.matches });
    this.#pointer = new MapPointer(
      {
        canvas,
        plan,
        scene: this.#scene,
        viewport: this.#viewport,
        traveller: this.#traveller,
        actions,
        redraw: () => this.redraw(),
      },
      this.#listening.signal,
    );
    this.#resizes = new ResizeObserver(() => this.measure());
    observePixels(this.#resizes, canvas);
  }

  /** What part of the plan is shown. */
  get viewport() {
    return this.#viewport;
  }

  /** What is drawn. */
  get scene() {
    return this.#scene;
  }

  /** Stop drawing and listening. */
  stop() {
    this.#listening.abort();
    this.#resizes.disconnect();
    this.#traveller.end();
    cancelAnimationFrame(this.#frame);
  }

  /**
   * Take the size that the canvas has. Before the first time the view is nowhere: what is looked at
   * or clicked by then is lost.
   */
  measure() {
    const { clientWidth, clientHeight } = this.#canvas;
    this.#isHidden = clientWidth === 0 || clientHeight === 0;
    if (this.#isHidden) return;
    const { width, height } = this.#viewport;
    // The pixels alone may have changed; drawing fits the canvas to them.
    if (clientWidth === width && clientHeight === height) return this.redraw();
    this.#traveller.stop();
    this.#viewport.resize(clientWidth, clientHeight);
    this.#moved();
    // A canvas that was resized is empty; waiting for a frame would flash.
    this.#draw(performance.now());
  }

  /** Draw in the next frame, once, however often asked. */
  redraw() {
    this.#isStale = true;
    this.#askForFrame();
  }

  /**
   * @param {Uint8Array} statuses one per seat, or empty when unknown; the array may be reused
   * @param {Iterable<[number, number]> | null} changes what is new in it, null for everything
   */
  showStatuses(statuses, changes) {
    this.#scene.showStatuses(statuses, changes);
    this.redraw();
  }

  /** Show the whole plan. */
  fit() {
    this.#traveller.goTo(this.#viewport.placeFitted());
  }

  /** @param {'in' | 'out'} direction */
  zoom(direction) {
    const factor = direction === 'in' ? ZOOM_STEP : 1 / ZOOM_STEP;
    const { width, height } = this.#viewport;
    this.#traveller.goTo(this.#viewport.placeAfterZoom(factor, width / 2, height / 2));
  }

  /**
   * Bring seats into view.
   *
   * @param {Iterable<number>} seats
   */
  lookAt(seats) {
    const { x, y, radius } = this.#plan;
    const boxes = Array.from(seats, (seat) => ({
      left: x[seat] - radius[seat],
      top: y[seat] - radius[seat],
      right: x[seat] + radius[seat],
      bottom: y[seat] + radius[seat],
    }));
    if (boxes.length === 0) return;
    this.#traveller.goTo(this.#viewport.placeFor(boxAround(boxes), LOOK_PADDING_PX));
  }

  /**
   * Put a point of the plan in the middle.
   *
   * @param {number} planX
   * @param {number} planY
   */
  centreOn(planX, planY) {
    this.#viewport.centreOn(planX, planY);
    this.#traveller.moved();
  }

  /**
   * Move the keyboard's focus, or begin with the seat in the middle.
   *
   * @param {import('./neighbours.js').Direction} [direction]
   */
  moveFocus(direction) {
    const { focused } = this.#scene;
    const { width, height } = this.#viewport;
    const middle = this.#viewport.toPlan(width / 2, height / 2);
    if (focused < 0) this.focusOn(nearestTo(this.#plan, middle.x, middle.y));
    else if (direction) {
      const seat = neighbourOf(this.#plan, focused, direction);
      if (seat >= 0) this.focusOn(seat);
    }
  }

  /**
   * Put the keyboard's focus on a seat and bring it into view; -1 takes it away.
   *
   * @param {number} seat
   */
  focusOn(seat) {
    this.#scene.focused = seat;
    this.redraw();
    if (seat < 0) return;
    const { x, y, typicalRadius } = this.#plan;
    const viewport = this.#viewport;
    const at = viewport.toScreen(x[seat], y[seat]);
    const isSmall = typicalRadius * viewport.scale < FOCUS_RADIUS_PX_MIN;
    const edge = Math.min(FOCUS_EDGE_PX, viewport.width / 4, viewport.height / 4);
    const isIn = at.x >= edge && at.x <= viewport.width - edge;
    if (isSmall || !isIn || at.y < edge || at.y > viewport.height - edge) {
      const scale = isSmall ? (FOCUS_RADIUS_PX_MIN * 1.5) / typicalRadius : viewport.scale;
      this.#traveller.goTo(viewport.placeAround(x[seat], y[seat], scale));
    }
    this.#actions.focus(seat);
  }

  #moved() {
    this.#pointer.leave();
    this.#actions.move();
    this.redraw();
  }

  #askForFrame() {
    if (this.#listening.signal.aborted) return;
    this.#frame ||= requestAnimationFrame((nowMs) => {
      this.#frame = 0;
      this.#traveller.step(nowMs);
      this.#draw(nowMs);
    });
  }

  /** @param {number} nowMs */
  #draw(nowMs) {
    const viewport = this.#viewport;
    if (this.#isHidden) return;
    const { isZooming } = this.#traveller;
    const pixelRatio = window.devicePixelRatio || 1;
    const { hasNews, isDone } = this.#scene.work(viewport, pixelRatio, isZooming);
    const ratio = pixelRatio * (isZooming ? this.#pace.next(nowMs) : 1);
    // With the same picture as before, all of the frame is left for painting.
    const isDrawn = this.#fitCanvas(ratio) || this.#isStale || hasNews;
    if (isDrawn) this.#isStale = !this.#scene.draw(viewport, ratio);
    this.#pace.end(isDrawn && isZooming);
    // While somebody zooms there are frames without news, too, to see how long the others take.
    if (!isDone || this.#isStale || isZooming) this.#askForFrame();
  }

  /**
   * Give the canvas its size in pixels. Return whether it had another one, and is empty now.
   *
   * @param {number} ratio its pixels a CSS pixel
   */
  #fitCanvas(ratio) {
    const width = Math.round(this.#viewport.width * ratio);
    const height = Math.round(this.#viewport.height * ratio);
    if (this.#canvas.width === width && this.#canvas.height === height) return false;
    this.#canvas.width = width;
    this.#canvas.height = height;
    return true;
  }
}

/**
 * Observe an element's size in the screen's pixels: a window that goes to another screen may keep
 * its size in CSS pixels and still need other ones.
 *
 * @param {ResizeObserver} observer
 * @param {Element} element
 */
function observePixels(observer, element) {
  try {
    observer.observe(element, { box: 'device-pixel-content-box' });
  } catch {
    // Safari knows no such box.
    observer.observe(element);
  }
}
