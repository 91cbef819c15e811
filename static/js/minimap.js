/** The whole plan in a corner, with a frame around what the map shows. Drag the frame to move. */

import { paintAreas } from './area_painter.js';
import { SectionPainter } from './section_painter.js';
import { View } from './viewport.js';

/** Smaller halls are found again without one. */
const SEATS_MIN = 2_000;

/** The longer side, in CSS pixels. */
const SIDE_PX = 168;
const SIDE_SMALL_PX = 104;

/** Maps narrower than this have the small one. */
const NARROW_PX = 600;

/** Counts change all the time; nobody reads them here more often. */
const REPAINT_MS = 1_000;

/** Close up the frame would be too small to see. */
const FRAME_PX_MIN = 10;

/** It shows when this much of the plan's width or height is out of sight. */
const SEEN_SHARE_MAX = 0.85;

export class Minimap {
  #element;
  #canvas;
  #frame;
  #plan;
  #map;
  #view = new View();
  #repainting = 0;
  #painter;
  #theme;

  /**
   * @param {HTMLElement} element with a canvas and a frame
   * @param {import('./plan.js').SeatPlan} plan
   * @param {import('./map_view.js').MapView} map
   * @param {import('./theme.js').Theme} theme
   * @param {AbortSignal} signal ends everything
   */
  constructor(element, plan, map, theme, signal) {
    this.#element = element;
    this.#canvas = /** @type {HTMLCanvasElement} */ (element.firstElementChild);
    this.#frame = /** @type {HTMLElement} */ (element.lastElementChild);
    this.#plan = plan;
    this.#map = map;
    this.#theme = theme;
    this.#painter = this.#makePainter();
    element.hidden = true;
    const go = (/** @type {PointerEvent} */ event) => this.#go(event);
    element.addEventListener('pointerdown', go, { signal });
    element.addEventListener('pointermove', go, { signal });
    signal.addEventListener('abort', () => clearTimeout(this.#repainting));
  }

  /** Another part of the plan is shown. */
  follow() {
    if (this.#plan.count < SEATS_MIN) return;
    const { left, top, right, bottom } = this.#map.viewport.visibleBox();
    const { bounds } = this.#plan;
    const isWide = right - left > (bounds.right - bounds.left) * SEEN_SHARE_MAX;
    const isHigh = bottom - top > (bounds.bottom - bounds.top) * SEEN_SHARE_MAX;
    const isNeeded = !(isWide && isHigh) && this.#map.viewport.width > 0;
    const wasHidden = this.#element.hidden;
    if (wasHidden === isNeeded) this.#element.hidden = !isNeeded;
    if (!isNeeded) return;
    if (wasHidden) this.#size();
    const from = this.#view.toScreen(Math.max(left, bounds.left), Math.max(top, bounds.top));
    const to = this.#view.toScreen(Math.min(right, bounds.right), Math.min(bottom, bounds.bottom));
    const { style } = this.#frame;
    const width = Math.max(to.x - from.x, FRAME_PX_MIN);
    const height = Math.max(to.y - from.y, FRAME_PX_MIN);
    style.width = `${width}px`;
    style.height = `${height}px`;
    const x = (from.x + to.x - width) / 2;
    style.transform = `translate(${x}px, ${(from.y + to.y - height) / 2}px)`;
  }

  /** Seats have changed; it is painted again soon, and only while it shows. */
  touch() {
    if (this.#element.hidden || this.#repainting !== 0) return;
    this.#repainting = window.setTimeout(() => {
      this.#repainting = 0;
      this.#paint();
    }, REPAINT_MS);
  }

  /** @param {import('./theme.js').Theme} theme */
  showTheme(theme) {
    this.#theme = theme;
    this.#painter = this.#makePainter();
    if (!this.#element.hidden) this.#paint();
  }

  #makePainter() {
    const { sections, counts } = this.#map.scene;
    return new SectionPainter(this.#plan, sections, counts, this.#theme);
  }

  #size() {
    const { left, top, right, bottom } = this.#plan.bounds;
    const side = this.#map.viewport.width < NARROW_PX ? SIDE_SMALL_PX : SIDE_PX;
    const view = this.#view;
    view.scale = side / Math.max(right - left, bottom - top);
    view.offsetX = -left * view.scale;
    view.offsetY = -top * view.scale;
    view.width = Math.ceil((right - left) * view.scale);
    view.height = Math.ceil((bottom - top) * view.scale);
    const ratio = window.devicePixelRatio || 1;
    this.#canvas.width = Math.round(view.width * ratio);
    this.#canvas.height = Math.round(view.height * ratio);
    this.#canvas.style.width = `${view.width}px`;
    this.#canvas.style.height = `${view.height}px`;
    this.#paint();
  }

  #paint() {
    const context = /** @type {CanvasRenderingContext2D} */ (this.#canvas.getContext('2d'));
    const ratio = this.#canvas.width / this.#view.width;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, this.#view.width, this.#view.height);
    paintAreas(context, this.#plan.areas, this.#view, this.#theme);
    if (this.#map.scene.sections.length > 0) {
      this.#painter.paintShapes(context, this.#view, ratio, -1);
      return;
    }
    context.fillStyle = this.#theme.unknown;
    for (const { box } of this.#plan.rows) {
      const from = this.#view.toScreen(box.left, box.top);
      const to = this.#view.toScreen(box.right, box.bottom);
      context.fillRect(from.x, from.y, to.x - from.x, to.y - from.y);
    }
  }

  /** @param {PointerEvent} event */
  #go(event) {
    if (event.type === 'pointerdown') this.#element.setPointerCapture(event.pointerId);
    else if (event.buttons === 0) return;
    event.preventDefault();
    const box = this.#canvas.getBoundingClientRect();
    const at = this.#view.toPlan(event.clientX - box.left, event.clientY - box.top);
    this.#map.centreOn(at.x, at.y);
  }
}
