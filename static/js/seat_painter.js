/**
 * Paints seats in the shapes of `seat_shapes.js`.
 *
 * Seats of one look share paths and fills, many at a time. Far out, where shapes are
 * a pixel or two, they are squares of different size. Own seats are painted apart, by
 * `paintOwnSeat`, so that they stand out from any distance.
 */

import { finish, freeStyle, lookStyles, paintSample } from './seat_shapes.js';
import { Look, NONE } from './seat_sorter.js';
import { inkOn } from './theme.js';

/** @typedef {import('./plan.js').SeatPlan} SeatPlan */
/** @typedef {import('./theme.js').Theme} Theme */
/** @typedef {import('./viewport.js').View} Viewport */
/** @typedef {CanvasRenderingContext2D} Context */
/** @typedef {import('./seat_shapes.js').Style} Style */

/** Below this radius a seat is a square of a few pixels. */
const SHAPE_RADIUS_PX_MIN = 1.9;

/** Far out, rows of smaller squares than this would fade away. */
const FAR_SIDE_PX_MIN = 1.9;

/** From this radius on a seat has room for its number. */
const NUMBER_RADIUS_PX_MIN = 9;

/** An own seat is never smaller than this, or it could not be found again far out. */
export const OWN_RADIUS_PX_MIN = 4;

/** Nor is a chosen one smaller than this. */
const CHOSEN_SIDE_PX_MIN = 2.5;

/** How far a highlight reaches beyond its seat. */
export const HIGHLIGHT_PX = 3;

const HIGHLIGHT_WIDTH_PX = 2;

/** The ring of the keyboard's focus runs this far outside its seat. */
const FOCUS_PX = 4;

/**
 * Seats painted in one step. The time to fill a path grows faster than the number of its shapes,
 * and a frame has to be able to end between two steps.
 */
const STEP_SEATS_MAX = 64;

const FULL_TURN = 2 * Math.PI;

export class SeatPainter {
  #plan;
  #sorter;
  #theme;
  /** @type {Style[]} */
  #styles;

  /**
   * @param {SeatPlan} plan
   * @param {import('./seat_sorter.js').SeatSorter} sorter
   * @param {Theme} theme
   */
  constructor(plan, sorter, theme) {
    this.#plan = plan;
    this.#sorter = sorter;
    this.#theme = theme;
    this.#styles = [...plan.categories.map(({ color }) => freeStyle(color)), ...lookStyles(theme)];
  }

  /**
   * Paint the seats that the sorter found, in steps of a fraction of a millisecond.
   *
   * @param {Context} context in CSS pixels
   * @param {Viewport} viewport
   * @returns {Generator<void, void, void>}
   */
  *paint(context, viewport) {
    const radiusPx = this.#plan.typicalRadius * viewport.scale;
    const end = this.#plan.categories.length + Look.CHANGING;
    const paint = radiusPx < SHAPE_RADIUS_PX_MIN ? this.#paintFar : this.#paintNear;
    for (let look = 0; look < end; look++) yield* paint.call(this, context, viewport, look);
    if (radiusPx >= NUMBER_RADIUS_PX_MIN) yield* this.#paintNumbers(context, viewport);
  }

  /**
   * Paint a ring around one seat, as under the pointer.
   *
   * @param {Context} context
   * @param {Viewport} viewport
   * @param {number} seat
   */
  paintHighlight(context, viewport, seat) {
    const at = viewport.toScreen(this.#plan.x[seat], this.#plan.y[seat]);
    const radius = Math.max(this.#plan.radius[seat] * viewport.scale, OWN_RADIUS_PX_MIN);
    context.beginPath();
    context.arc(at.x, at.y, radius + HIGHLIGHT_PX - HIGHLIGHT_WIDTH_PX / 2, 0, FULL_TURN);
    context.strokeStyle = this.#theme.ink;
    context.lineWidth = HIGHLIGHT_WIDTH_PX;
    context.stroke();
  }

  /**
   * Paint the keyboard's focus around one seat: a double ring that shows on every ground.
   *
   * @param {Context} context
   * @param {Viewport} viewport
   * @param {number} seat
   */
  paintFocus(context, { scale, offsetX, offsetY }, seat) {
    const { x, y, radius } = this.#plan;
    const reach = Math.max(radius[seat] * scale, OWN_RADIUS_PX_MIN) + FOCUS_PX;
    context.beginPath();
    context.arc(x[seat] * scale + offsetX, y[seat] * scale + offsetY, reach, 0, FULL_TURN);
    context.strokeStyle = this.#theme.ground;
    context.lineWidth = 6;
    context.stroke();
    context.strokeStyle = this.#theme.own;
    context.lineWidth = 3;
    context.stroke();
  }

  /**
   * @param {Context} context
   * @param {Viewport} viewport
   * @param {number} look
   */
  *#paintFar(context, { scale, offsetX, offsetY }, look) {
    const { x, y, radius } = this.#plan;
    const { color, farShare } = this.#styles[look];
    for (let seat = this.#sorter.first(look); seat !== NONE; ) {
      context.fillStyle = color;
      for (let count = 0; count < STEP_SEATS_MAX && seat !== NONE; count++) {
        const side = Math.max(2 * radius[seat] * scale, FAR_SIDE_PX_MIN) * farShare;
        const left = x[seat] * scale + offsetX - side / 2;
        context.fillRect(left, y[seat] * scale + offsetY - side / 2, side, side);
        seat = this.#sorter.after(seat);
      }
      yield;
    }
  }

  /**
   * @param {Context} context
   * @param {Viewport} viewport
   * @param {number} look
   */
  *#paintNear(context, { scale, offsetX, offsetY }, look) {
    const { x, y, radius, typicalRadius } = this.#plan;
    const style = this.#styles[look];
    for (let seat = this.#sorter.first(look); seat !== NONE; ) {
      context.beginPath();
      for (let count = 0; count < STEP_SEATS_MAX && seat !== NONE; count++) {
        const screenX = x[seat] * scale + offsetX;
        style.trace(context, screenX, y[seat] * scale + offsetY, radius[seat] * scale);
        seat = this.#sorter.after(seat);
      }
      finish(context, style, typicalRadius * scale);
      yield;
    }
  }

  /**
   * Paint a seat that is this buyer's.
   *
   * @param {Context} context in CSS pixels
   * @param {Viewport} viewport
   * @param {number} seat
   * @param {number} look one of `Look`
   */
  paintOwnSeat(context, { scale, offsetX, offsetY }, seat, look) {
    const { x, y, radius, categories } = this.#plan;
    const screenX = x[seat] * scale + offsetX;
    const screenY = y[seat] * scale + offsetY;
    const radiusPx = Math.max(radius[seat] * scale, OWN_RADIUS_PX_MIN);
    const tickColor = look === Look.CHANGING ? '' : this.#theme.ownInk;
    const style = this.#styles[categories.length + look];
    paintSample(context, style, screenX, screenY, radiusPx, tickColor);
  }

  /**
   * Paint a mark around the chosen ones of the seats that the sorter found.
   *
   * @param {Context} context in CSS pixels
   * @param {Viewport} viewport
   * @param {Uint8Array} chosen 1 for each chosen seat
   */
  paintChosen(context, { scale, offsetX, offsetY }, chosen) {
    const { x, y, radius } = this.#plan;
    const sorter = this.#sorter;
    context.beginPath();
    for (let look = 0; look < this.#styles.length; look++) {
      for (let seat = sorter.first(look); seat !== NONE; seat = sorter.after(seat)) {
        if (chosen[seat] === 0) continue;
        const side = Math.max(2 * radius[seat] * scale, CHOSEN_SIDE_PX_MIN);
        const left = x[seat] * scale + offsetX - side / 2;
        context.rect(left, y[seat] * scale + offsetY - side / 2, side, side);
      }
    }
    context.globalAlpha = 0.3;
    context.fillStyle = this.#theme.own;
    context.fill();
    context.globalAlpha = 1;
    context.strokeStyle = this.#theme.own;
    context.lineWidth = Math.min(Math.max(this.#plan.typicalRadius * scale * 0.25, 0.75), 3);
    context.stroke();
  }

  /**
   * @param {Context} context
   * @param {Viewport} viewport
   */
  *#paintNumbers(context, { scale, offsetX, offsetY }) {
    const { x, y, radius, numbers, categories, typicalRadius } = this.#plan;
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    context.font = `${Math.min(typicalRadius * scale * 0.72, 15)}px ${this.#theme.font}`;
    for (let look = 0; look < categories.length; look++) {
      for (let seat = this.#sorter.first(look); seat !== NONE; ) {
        context.fillStyle = inkOn(context, categories[look].color);
        for (let count = 0; count < STEP_SEATS_MAX && seat !== NONE; count++) {
          const screenX = x[seat] * scale + offsetX;
          const screenY = y[seat] * scale + offsetY;
          // The fourth argument squeezes long numbers into their seat.
          context.fillText(numbers[seat], screenX, screenY, radius[seat] * scale * 1.5);
          seat = this.#sorter.after(seat);
        }
        yield;
      }
    }
  }
}
