/**
 * A plan on a canvas that people move about in: sizing, pan and zoom, what is under the pointer,
 * the keyboard's focus. It draws once per frame, and only when something changed.
 *
 * It knows seats by index, their statuses and their marks, and nothing of shows or servers.
 */

import { boxAround } from './box.js';
import { Gestures } from './gestures.js';
import { SeatGrid } from './hit_test.js';
import { MapScene } from './map_scene.js';
import { nearestTo, neighbourOf } from './neighbours.js';
import { sectionAt } from './sections.js';
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

/** What a tap on seats too small to choose from, and a double tap, zoom by. */
const TAP_ZOOM = 2.5;

/** Seats smaller than this cannot be chosen one by one, with a mouse or with a finger. */
const PICK_RADIUS_PX_MIN = { mouse: 2.5, touch: 5 };

/** How far from a seat's centre a click still means it. */
const REACH_PX = { mouse: 6, touch: 18 };

/** The keyboard moves among seats of at least this size, this far from the edge. */
const FOCUS_RADIUS_PX_MIN = 7;
const FOCUS_EDGE_PX = 56;

/** Room around what one looks at, in CSS pixels. */
const LOOK_PADDING_PX = 60;

export class MapView {
  #canvas;
  #plan;
  #actions;
  #grid;
  #scene;
  #viewport;
  #traveller;
  #frame = 0;
  #pixelRatio = 1;
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
    this.#grid = new SeatGrid(plan);
    this.#viewport = new Viewport(plan.bounds, plan.typicalRadius);
    this.#traveller = new Traveller(this.#viewport, stillness, () => this.#moved());
    this.#scene = new MapScene({ context, plan, theme, marks, chosen, fades: !stillness.matches });
    this.#listen();
    this.#resizes = new ResizeObserver(() => this.#resize());
    this.#resizes.observe(canvas);
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
    this.#traveller.stop();
    cancelAnimationFrame(this.#frame);
  }

  /** Draw in the next frame, once, however often asked. */
  redraw() {
    this.#frame ||= requestAnimationFrame((nowMs) => {
      this.#frame = 0;
      this.#traveller.step(nowMs);
      this.#draw();
    });
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
    this.#travelZoom(factor, this.#viewport.width / 2, this.#viewport.height / 2);
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
    this.#traveller.stop();
    this.#viewport.centreOn(planX, planY);
    this.#moved();
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

  #listen() {
    const actions = {
      pan: (/** @type {number} */ deltaX, /** @type {number} */ deltaY) => {
        this.#traveller.stop();
        this.#viewport.panBy(deltaX, deltaY);
        this.#moved();
      },
      zoom: (/** @type {number} */ factor, /** @type {number} */ x, /** @type {number} */ y) => {
        this.#traveller.stop();
        this.#viewport.zoomAt(factor, x, y);
        this.#traveller.zoomed();
        this.#moved();
      },
      tap: this.#tap.bind(this),
      doubleTap: (/** @type {number} */ x, /** @type {number} */ y) =>
        this.#travelZoom(TAP_ZOOM, x, y),
      hover: this.#hover.bind(this),
      leave: () => this.#leave(),
      hasBand: this.#actions.hasBand,
      band: this.#band.bind(this),
      endBand: this.#endBand.bind(this),
    };
    new Gestures(this.#canvas, actions, this.#listening.signal);
  }

  #moved() {
    this.#leave();
    this.#actions.move();
    this.redraw();
  }

  /**
   * @param {number} factor
   * @param {number} x
   * @param {number} y
   */
  #travelZoom(factor, x, y) {
    this.#traveller.goTo(this.#viewport.placeAfterZoom(factor, x, y));
  }

  /**
   * @param {number} x
   * @param {number} y
   * @param {boolean} isTouch
   */
  #tap(x, y, isTouch) {
    const by = isTouch ? 'touch' : 'mouse';
    if (this.#scene.showsSections) return this.#tapSection(x, y);
    const seat = this.#seatAt(x, y, REACH_PX[by]);
    if (seat < 0) return false;
    if (this.#plan.typicalRadius * this.#viewport.scale < PICK_RADIUS_PX_MIN[by]) {
      this.#travelZoom(TAP_ZOOM, x, y);
    } else {
      this.#actions.pick(seat);
    }
    return true;
  }

  /**
   * Go to the section at a point, near enough to see its seats.
   *
   * @param {number} x
   * @param {number} y
   */
  #tapSection(x, y) {
    const at = this.#viewport.toPlan(x, y);
    const section = this.#scene.sections[sectionAt(this.#scene.sections, at)];
    if (section === undefined) return false;
    const whole = this.#viewport.placeFor(section.box, LOOK_PADDING_PX);
    const near = FOCUS_RADIUS_PX_MIN / this.#plan.typicalRadius;
    if (whole.scale >= near) this.#traveller.goTo(whole);
    else this.#traveller.goTo(this.#viewport.placeAround(at.x, at.y, near));
    return true;
  }

  /**
   * @param {number} x
   * @param {number} y
   */
  #hover(x, y) {
    if (this.#scene.showsSections) return this.#hoverSection(x, y);
    const seat = this.#seatAt(x, y, REACH_PX.mouse);
    if (seat < 0) return this.#leave();
    if (seat === this.#scene.hovered) return;
    this.#leave();
    this.#scene.hovered = seat;
    this.#canvas.classList.add('on-seat');
    this.#actions.hover(seat, this.topOf(seat));
    this.redraw();
  }

  /**
   * Return where a seat's top is, in CSS pixels of the canvas.
   *
   * @param {number} seat
   */
  topOf(seat) {
    const at = this.#viewport.toScreen(this.#plan.x[seat], this.#plan.y[seat]);
    at.y -= this.#plan.radius[seat] * this.#viewport.scale;
    return at;
  }

  /**
   * @param {number} x
   * @param {number} y
   */
  #hoverSection(x, y) {
    const section = sectionAt(this.#scene.sections, this.#viewport.toPlan(x, y));
    if (section < 0) return this.#leave();
    if (section !== this.#scene.hoveredSection) {
      this.#scene.hoveredSection = section;
      this.redraw();
    }
    this.#canvas.classList.add('on-seat');
    this.#actions.hoverSection(section, { x, y: y - 6 });
  }

  #leave() {
    const { hovered, hoveredSection } = this.#scene;
    if (hovered < 0 && hoveredSection < 0) return;
    this.#scene.hovered = this.#scene.hoveredSection = -1;
    this.#canvas.classList.remove('on-seat');
    this.#actions.leave();
    this.redraw();
  }

  /**
   * @param {import('./gestures.js').Point} from
   * @param {import('./gestures.js').Point} to
   */
  #band(from, to) {
    this.#scene.band = {
      left: Math.min(from.x, to.x),
      top: Math.min(from.y, to.y),
      right: Math.max(from.x, to.x),
      bottom: Math.max(from.y, to.y),
    };
    this.redraw();
  }

  /** @param {'add' | 'remove' | 'cancel'} how */
  #endBand(how) {
    const { band } = this.#scene;
    this.#scene.band = null;
    this.redraw();
    if (band !== null && how !== 'cancel') {
      this.#actions.frame(this.#viewport.toPlanBox(band), how);
    }
  }

  /**
   * @param {number} x
   * @param {number} y
   * @param {number} reachPx
   */
  #seatAt(x, y, reachPx) {
    const at = this.#viewport.toPlan(x, y);
    return this.#grid.nearest(at.x, at.y, reachPx / this.#viewport.scale);
  }

  #resize() {
    const { clientWidth, clientHeight } = this.#canvas;
    if (clientWidth === 0 || clientHeight === 0) return;
    const ratio = window.devicePixelRatio || 1;
    this.#canvas.width = Math.round(clientWidth * ratio);
    this.#canvas.height = Math.round(clientHeight * ratio);
    this.#pixelRatio = ratio;
    this.#traveller.stop();
    this.#viewport.resize(clientWidth, clientHeight);
    this.#moved();
    // A canvas that was resized is empty; waiting for a frame would flash.
    this.#draw();
  }

  #draw() {
    if (this.#viewport.width === 0) return;
    const { isTravelling, isZooming } = this.#traveller;
    const isDone = this.#scene.work(this.#viewport, this.#pixelRatio, isZooming);
    const isSettled = this.#scene.draw(this.#viewport, this.#pixelRatio);
    if (!isDone || !isSettled || isTravelling) this.redraw();
  }
}
