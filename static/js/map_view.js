/**
 * A plan on a canvas: sizing, pan and zoom, what is under the pointer. It paints once per frame,
 * and only around the seats that changed when nothing else did.
 *
 * It knows seats by index, their statuses and their marks, and nothing of shows or servers.
 */

import { paintAreas } from './area_painter.js';
import { grown } from './box.js';
import { DirtyRegion } from './dirty_region.js';
import { Gestures } from './gestures.js';
import { SeatGrid } from './hit_test.js';
import { paintRowNumbers } from './row_painter.js';
import { HIGHLIGHT_PX, OWN_RADIUS_PX_MIN, SeatPainter } from './seat_painter.js';
import { SeatSorter } from './seat_sorter.js';
import { Viewport } from './viewport.js';

/** @typedef {import('./plan.js').SeatPlan} SeatPlan */
/** @typedef {import('./theme.js').Theme} Theme */

/**
 * @typedef {object} MapViewActions
 * @property {(seat: number) => void} pick a seat was clicked or tapped
 * @property {(seat: number, at: {x: number, y: number}) => void} hover the pointer is on a seat;
 *   *at* is the seat's top in CSS pixels of the canvas
 * @property {() => void} leave the pointer is on no seat
 */

/** One step of the zoom buttons and keys. */
const ZOOM_STEP = 1.6;

/** What a tap on seats too small to choose from zooms by. */
const TAP_ZOOM = 2.5;

/** Seats smaller than this cannot be chosen one by one, with a mouse or with a finger. */
const PICK_RADIUS_PX_MIN = { mouse: 2.5, touch: 5 };

/** How far from a seat's centre a click still means it. */
const REACH_PX = { mouse: 6, touch: 18 };

export class MapView {
  #canvas;
  #context;
  #plan;
  #actions;
  #grid;
  #sorter;
  #viewport;
  #painter;
  #theme;
  /** @type {Uint8Array} */
  #statuses = new Uint8Array(0);
  #marks;
  #hovered = -1;
  #frame = 0;
  #pixelRatio = 1;
  #dirty = new DirtyRegion();
  #listening = new AbortController();
  #resizes;

  /**
   * @param {object} parts
   * @param {HTMLCanvasElement} parts.canvas
   * @param {SeatPlan} parts.plan
   * @param {Theme} parts.theme
   * @param {Uint8Array} parts.marks one `SeatMark` per seat, written by the owner
   * @param {MapViewActions} parts.actions
   */
  constructor({ canvas, plan, theme, marks, actions }) {
    this.#canvas = canvas;
    this.#context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
    this.#plan = plan;
    this.#marks = marks;
    this.#actions = actions;
    this.#grid = new SeatGrid(plan);
    this.#sorter = new SeatSorter(plan);
    this.#viewport = new Viewport(plan.bounds, plan.typicalRadius);
    this.#theme = theme;
    this.#painter = new SeatPainter(plan, this.#sorter, theme);
    this.#listen();
    this.#resizes = new ResizeObserver(() => this.#resize());
    this.#resizes.observe(canvas);
  }

  /** Stop drawing and listening. */
  stop() {
    this.#listening.abort();
    this.#resizes.disconnect();
    cancelAnimationFrame(this.#frame);
  }

  /**
   * @param {Uint8Array} statuses one per seat, or empty when unknown; the array may be reused
   * @param {Iterable<[number, number]> | null} changes what is new in it, null for everything
   */
  showStatuses(statuses, changes) {
    this.#statuses = statuses;
    if (changes === null) return this.redraw();
    for (const [seat] of changes) this.#redrawSeat(seat);
  }

  /** @param {Theme} theme */
  showTheme(theme) {
    this.#theme = theme;
    this.#painter = new SeatPainter(this.#plan, this.#sorter, theme);
    this.redraw();
  }

  /** Show the whole plan. */
  fit() {
    this.#viewport.fit();
    this.redraw();
  }

  /** @param {'in' | 'out'} direction */
  zoom(direction) {
    const factor = direction === 'in' ? ZOOM_STEP : 1 / ZOOM_STEP;
    this.#zoomAt(factor, this.#viewport.width / 2, this.#viewport.height / 2);
  }

  /** Draw everything in the next frame, once, however often asked. */
  redraw() {
    this.#dirty.addAll();
    this.#requestFrame();
  }

  /** @param {number} seat */
  #redrawSeat(seat) {
    const at = this.#viewport.toScreen(this.#plan.x[seat], this.#plan.y[seat]);
    const reach = Math.max(this.#plan.radius[seat] * this.#viewport.scale, OWN_RADIUS_PX_MIN);
    this.#dirty.add(at.x, at.y, reach + HIGHLIGHT_PX, this.#pixelRatio);
    this.#requestFrame();
  }

  #requestFrame() {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw();
    });
  }

  #listen() {
    const { signal } = this.#listening;
    const actions = {
      pan: (/** @type {number} */ deltaX, /** @type {number} */ deltaY) => {
        this.#viewport.panBy(deltaX, deltaY);
        this.redraw();
      },
      zoom: this.#zoomAt.bind(this),
      tap: this.#tap.bind(this),
      hover: this.#hover.bind(this),
      leave: () => this.#leave(),
    };
    new Gestures(this.#canvas, actions, signal);
  }

  /**
   * @param {number} factor
   * @param {number} x
   * @param {number} y
   */
  #zoomAt(factor, x, y) {
    this.#leave();
    this.#viewport.zoomAt(factor, x, y);
    this.redraw();
  }

  /**
   * @param {number} x
   * @param {number} y
   * @param {boolean} isTouch
   */
  #tap(x, y, isTouch) {
    const by = isTouch ? 'touch' : 'mouse';
    if (this.#plan.typicalRadius * this.#viewport.scale < PICK_RADIUS_PX_MIN[by]) {
      return this.#zoomAt(TAP_ZOOM, x, y);
    }
    const seat = this.#seatAt(x, y, REACH_PX[by]);
    if (seat >= 0) this.#actions.pick(seat);
  }

  /**
   * @param {number} x
   * @param {number} y
   */
  #hover(x, y) {
    const seat = this.#seatAt(x, y, REACH_PX.mouse);
    if (seat < 0) return this.#leave();
    if (seat === this.#hovered) return;
    if (this.#hovered >= 0) this.#redrawSeat(this.#hovered);
    this.#hovered = seat;
    const at = this.#viewport.toScreen(this.#plan.x[seat], this.#plan.y[seat]);
    at.y -= this.#plan.radius[seat] * this.#viewport.scale;
    this.#canvas.classList.add('on-seat');
    this.#actions.hover(seat, at);
    this.#redrawSeat(seat);
  }

  #leave() {
    if (this.#hovered < 0) return;
    this.#redrawSeat(this.#hovered);
    this.#hovered = -1;
    this.#canvas.classList.remove('on-seat');
    this.#actions.leave();
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
    this.#leave();
    this.#pixelRatio = ratio;
    this.#viewport.resize(clientWidth, clientHeight);
    this.#dirty.addAll();
    // A canvas that was resized is empty; waiting for a frame would flash.
    this.#draw();
  }

  #draw() {
    const context = this.#context;
    const viewport = this.#viewport;
    if (viewport.width === 0) return;
    const { boxes } = this.#dirty;
    const ratio = this.#pixelRatio;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.save();
    if (boxes !== null) clipTo(context, boxes);
    context.clearRect(0, 0, viewport.width, viewport.height);
    // An own seat far out is painted larger than it is and may reach in from a row outside.
    const planBoxes = boxes?.map((box) => viewport.toPlanBox(grown(box, OWN_RADIUS_PX_MIN)));
    this.#sorter.sort(planBoxes ?? [viewport.visibleBox()], this.#statuses, this.#marks);
    paintAreas(context, this.#plan.areas, viewport, this.#theme);
    paintRowNumbers(context, this.#plan, viewport, this.#theme);
    this.#painter.paint(context, viewport);
    if (this.#hovered >= 0) this.#painter.paintHighlight(context, viewport, this.#hovered);
    context.restore();
    this.#dirty.clear();
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {import('./box.js').Box[]} boxes
 */
function clipTo(context, boxes) {
  context.beginPath();
  for (const { left, top, right, bottom } of boxes) {
    context.rect(left, top, right - left, bottom - top);
  }
  context.clip();
}
