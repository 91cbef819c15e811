/** What pointers do on a map: what is under them, what a tap means, which seats a band frames. */

import { Gestures } from './gestures.js';
import { SeatGrid } from './hit_test.js';
import { sectionAt } from './sections.js';

/** What a tap on seats too small to choose from, and a double tap, zoom by. */
const TAP_ZOOM = 2.5;

/** Seats smaller than this cannot be chosen one by one, with a mouse or with a finger. */
const PICK_RADIUS_PX_MIN = { mouse: 2.5, touch: 5 };

/** How far from a section it still is meant: the gaps between them are narrower. */
const SECTION_REACH_PX = 6;

/** From sections one comes this near. */
const NEAR_RADIUS_PX = 9;

/** How far from a seat's centre a click still means it. */
const REACH_PX = { mouse: 6, touch: 18 };

/** Room around a section that one goes to, in CSS pixels. */
const SECTION_PADDING_PX = 60;

export class MapPointer {
  #canvas;
  #plan;
  #actions;
  #grid;
  #scene;
  #viewport;
  #traveller;
  #redraw;

  /**
   * @param {object} parts
   * @param {HTMLCanvasElement} parts.canvas
   * @param {import('./plan.js').SeatPlan} parts.plan
   * @param {import('./map_scene.js').MapScene} parts.scene
   * @param {import('./viewport.js').Viewport} parts.viewport
   * @param {import('./traveller.js').Traveller} parts.traveller
   * @param {import('./map_view.js').MapViewActions} parts.actions
   * @param {() => void} parts.redraw
   * @param {AbortSignal} signal ends the listening
   */
  constructor({ canvas, plan, scene, viewport, traveller, actions, redraw }, signal) {
    this.#canvas = canvas;
    this.#plan = plan;
    this.#scene = scene;
    this.#viewport = viewport;
    this.#traveller = traveller;
    this.#actions = actions;
    this.#redraw = redraw;
    this.#grid = new SeatGrid(plan);
    this.#listen(signal);
  }

  /** Nothing is under the pointer any more: it left, or the plan moved. */
  leave() {
    const { hovered, hoveredSection } = this.#scene;
    if (hovered < 0 && hoveredSection < 0) return;
    this.#scene.hovered = this.#scene.hoveredSection = -1;
    this.#canvas.classList.remove('on-seat');
    this.#actions.leave();
    this.#redraw();
  }

  /** @param {AbortSignal} signal */
  #listen(signal) {
    const actions = {
      pan: (/** @type {number} */ deltaX, /** @type {number} */ deltaY) => {
        this.#viewport.panBy(deltaX, deltaY);
        this.#traveller.moved();
      },
      zoom: (/** @type {number} */ factor, /** @type {number} */ x, /** @type {number} */ y) => {
        this.#viewport.zoomAt(factor, x, y);
        this.#traveller.zoomed();
      },
      tap: this.#tap.bind(this),
      doubleTap: (/** @type {number} */ x, /** @type {number} */ y) => this.#zoomTo(TAP_ZOOM, x, y),
      hover: this.#hover.bind(this),
      leave: () => this.leave(),
      hasBand: this.#actions.hasBand,
      band: this.#band.bind(this),
      endBand: this.#endBand.bind(this),
    };
    new Gestures(this.#canvas, actions, signal);
  }

  /**
   * @param {number} factor
   * @param {number} x
   * @param {number} y
   */
  #zoomTo(factor, x, y) {
    this.#traveller.goTo(this.#viewport.placeAfterZoom(factor, x, y));
  }

  /**
   * @param {number} x
   * @param {number} y
   * @param {boolean} isTouch
   * @returns {import('./gestures.js').TapMeaning}
   */
  #tap(x, y, isTouch) {
    const by = isTouch ? 'touch' : 'mouse';
    if (this.#scene.showsSections) return this.#tapSection(x, y);
    const seat = this.#seatAt(x, y, REACH_PX[by]);
    if (seat < 0) return 'nothing';
    if (this.#plan.typicalRadius * this.#viewport.scale < PICK_RADIUS_PX_MIN[by]) {
      this.#zoomTo(TAP_ZOOM, x, y);
      return 'moved';
    }
    this.#actions.pick(seat);
    return 'chose';
  }

  /**
   * Go to the section at a point, near enough to see its seats.
   *
   * @param {number} x
   * @param {number} y
   * @returns {import('./gestures.js').TapMeaning}
   */
  #tapSection(x, y) {
    const at = this.#viewport.toPlan(x, y);
    const section = this.#scene.sections[this.#sectionAt(x, y)];
    if (section === undefined) return 'nothing';
    const whole = this.#viewport.placeFor(section.box, SECTION_PADDING_PX);
    const near = NEAR_RADIUS_PX / this.#plan.typicalRadius;
    if (whole.scale >= near) this.#traveller.goTo(whole);
    else this.#traveller.goTo(this.#viewport.placeAround(at.x, at.y, near));
    return 'moved';
  }

  /**
   * @param {number} x
   * @param {number} y
   */
  #hover(x, y) {
    if (this.#scene.showsSections) return this.#hoverSection(x, y);
    const seat = this.#seatAt(x, y, REACH_PX.mouse);
    if (seat < 0) return this.leave();
    if (seat === this.#scene.hovered) return;
    this.leave();
    this.#scene.hovered = seat;
    this.#canvas.classList.add('on-seat');
    this.#actions.hover(seat, this.#topOf(seat));
    this.#redraw();
  }

  /**
   * Return where a seat's top is, in CSS pixels of the canvas.
   *
   * @param {number} seat
   */
  #topOf(seat) {
    const at = this.#viewport.toScreen(this.#plan.x[seat], this.#plan.y[seat]);
    at.y -= this.#plan.radius[seat] * this.#viewport.scale;
    return at;
  }

  /**
   * @param {number} x
   * @param {number} y
   */
  #hoverSection(x, y) {
    const section = this.#sectionAt(x, y);
    if (section < 0) return this.leave();
    if (section !== this.#scene.hoveredSection) {
      this.#scene.hoveredSection = section;
      this.#redraw();
    }
    this.#canvas.classList.add('on-seat');
    this.#actions.hoverSection(section, { x, y: y - 6 });
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
    this.#redraw();
  }

  /** @param {'add' | 'remove' | 'cancel'} how */
  #endBand(how) {
    const { band } = this.#scene;
    this.#scene.band = null;
    this.#redraw();
    if (band !== null && how !== 'cancel') {
      this.#actions.frame(this.#viewport.toPlanBox(band), how);
    }
  }

  /**
   * @param {number} x
   * @param {number} y
   */
  #sectionAt(x, y) {
    const reach = SECTION_REACH_PX / this.#viewport.scale;
    return sectionAt(this.#scene.sections, this.#viewport.toPlan(x, y), reach);
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
}
