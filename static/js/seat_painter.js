/**
 * Paints seats: free ones in their category's colour, the others told apart by shape as well.
 *
 *   free      full disc in the category's colour     held      ring
 *   booked    small dot                              blocked   dash
 *   own       square with a tick                     changing  ring and dot in the own colour
 *   unknown   small ring: no status has come yet, so nothing is called free
 *
 * Seats of one look share one path and one fill, whatever their number. Far out, where shapes are
 * a pixel or two, they are squares of different size.
 */

import { Look } from './seat_sorter.js';
import { inkOn } from './theme.js';

/** @typedef {import('./plan.js').SeatPlan} SeatPlan */
/** @typedef {import('./theme.js').Theme} Theme */
/** @typedef {import('./viewport.js').Viewport} Viewport */
/** @typedef {CanvasRenderingContext2D} Context */
/** @typedef {(context: Context, x: number, y: number, radius: number) => void} Trace */

/** Below this radius a seat is a square of a few pixels. */
const SHAPE_RADIUS_PX_MIN = 2.4;

/** Far out, rows of smaller squares than this would fade away. */
const FAR_SIDE_PX_MIN = 1.9;

/** From this radius on a seat has room for its number. */
const NUMBER_RADIUS_PX_MIN = 9;

/** An own seat is never smaller than this, or it could not be found again far out. */
export const OWN_RADIUS_PX_MIN = 4;

/** How far a highlight reaches beyond its seat. */
export const HIGHLIGHT_PX = 3;

const HIGHLIGHT_WIDTH_PX = 2;

const FULL_TURN = 2 * Math.PI;

/**
 * @typedef {object} Style
 * @property {Trace} trace puts the shape on the path
 * @property {number} farShare side of the far-out square as a share of the seat's width
 * @property {string} color
 * @property {number} stroke line width as a share of the radius; 0 fills
 */

/**
 * Return how free seats of a category are painted.
 *
 * @param {string} color
 * @returns {Style}
 */
export function freeStyle(color) {
  return { trace: disc(0.9), farShare: 0.88, color, stroke: 0 };
}

/**
 * Return how every other look is painted, by `Look`.
 *
 * @param {Theme} theme
 * @returns {Style[]}
 */
export function lookStyles(theme) {
  const styles = [];
  styles[Look.UNKNOWN] = { trace: disc(0.5), farShare: 0.5, color: theme.unknown, stroke: 0.16 };
  styles[Look.HELD] = { trace: disc(0.66), farShare: 0.7, color: theme.held, stroke: 0.3 };
  styles[Look.BOOKED] = { trace: disc(0.4), farShare: 0.45, color: theme.booked, stroke: 0 };
  styles[Look.BLOCKED] = { trace: dash, farShare: 0.3, color: theme.blocked, stroke: 0.24 };
  styles[Look.CHANGING] = { trace: target, farShare: 1, color: theme.own, stroke: 0.24 };
  styles[Look.OWN] = { trace: square, farShare: 1, color: theme.own, stroke: 0 };
  styles[Look.OWN_BOOKED] = { trace: square, farShare: 1, color: theme.own, stroke: 0 };
  return styles;
}

/**
 * Paint one seat, as a legend does.
 *
 * @param {Context} context
 * @param {Style} style
 * @param {number} x
 * @param {number} y
 * @param {number} radius
 * @param {string} [tickColor]
 */
export function paintSample(context, style, x, y, radius, tickColor) {
  context.beginPath();
  style.trace(context, x, y, radius);
  finish(context, style, radius);
  if (!tickColor) return;
  context.beginPath();
  tick(context, x, y, radius);
  finish(context, { ...style, color: tickColor, stroke: 0.24 }, radius);
}

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
   * Paint the seats that the sorter found.
   *
   * @param {Context} context in CSS pixels
   * @param {Viewport} viewport
   */
  paint(context, viewport) {
    const radiusPx = this.#plan.typicalRadius * viewport.scale;
    const first = this.#plan.categories.length;
    const isFar = radiusPx < SHAPE_RADIUS_PX_MIN;
    for (let look = 0; look < this.#styles.length; look++) {
      if (!this.#sorter.has(look)) continue;
      const isOwn = look >= first + Look.CHANGING;
      if (isOwn) this.#paintOwn(context, viewport, look);
      else if (isFar) this.#paintFar(context, viewport, look);
      else this.#paintNear(context, viewport, look);
    }
    if (radiusPx >= NUMBER_RADIUS_PX_MIN) this.#paintNumbers(context, viewport);
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
   * @param {Context} context
   * @param {Viewport} viewport
   * @param {number} look
   */
  #paintFar(context, { scale, offsetX, offsetY }, look) {
    const { x, y, radius } = this.#plan;
    const { color, farShare } = this.#styles[look];
    context.fillStyle = color;
    this.#sorter.each(look, (seat) => {
      const side = Math.max(2 * radius[seat] * scale, FAR_SIDE_PX_MIN) * farShare;
      context.fillRect(
        x[seat] * scale + offsetX - side / 2,
        y[seat] * scale + offsetY - side / 2,
        side,
        side,
      );
    });
  }

  /**
   * @param {Context} context
   * @param {Viewport} viewport
   * @param {number} look
   */
  #paintNear(context, { scale, offsetX, offsetY }, look) {
    const { x, y, radius, typicalRadius } = this.#plan;
    const style = this.#styles[look];
    context.beginPath();
    this.#sorter.each(look, (seat) => {
      style.trace(
        context,
        x[seat] * scale + offsetX,
        y[seat] * scale + offsetY,
        radius[seat] * scale,
      );
    });
    finish(context, style, typicalRadius * scale);
  }

  /**
   * @param {Context} context
   * @param {Viewport} viewport
   * @param {number} look
   */
  #paintOwn(context, { scale, offsetX, offsetY }, look) {
    const { x, y, radius, categories } = this.#plan;
    const style = this.#styles[look];
    const hasTick = look !== categories.length + Look.CHANGING;
    this.#sorter.each(look, (seat) => {
      const radiusPx = Math.max(radius[seat] * scale, OWN_RADIUS_PX_MIN);
      const screenX = x[seat] * scale + offsetX;
      const screenY = y[seat] * scale + offsetY;
      paintSample(context, style, screenX, screenY, radiusPx, hasTick ? this.#theme.ownInk : '');
    });
  }

  /**
   * @param {Context} context
   * @param {Viewport} viewport
   */
  #paintNumbers(context, { scale, offsetX, offsetY }) {
    const { x, y, radius, numbers, categories, typicalRadius } = this.#plan;
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    context.font = `${Math.min(typicalRadius * scale * 0.72, 15)}px ${this.#theme.font}`;
    categories.forEach(({ color }, look) => {
      if (!this.#sorter.has(look)) return;
      context.fillStyle = inkOn(context, color);
      this.#sorter.each(look, (seat) => {
        const screenX = x[seat] * scale + offsetX;
        // The fourth argument squeezes long numbers into their seat.
        context.fillText(
          numbers[seat],
          screenX,
          y[seat] * scale + offsetY,
          radius[seat] * scale * 1.5,
        );
      });
    });
  }
}

/**
 * @param {Context} context
 * @param {Style} style
 * @param {number} radius
 */
function finish(context, { color, stroke }, radius) {
  if (stroke === 0) {
    context.fillStyle = color;
    context.fill();
    return;
  }
  context.strokeStyle = color;
  context.lineWidth = Math.max(stroke * radius, 1);
  context.lineCap = 'round';
  context.lineJoin = 'round';
  context.stroke();
}

/**
 * @param {number} share of the seat's radius
 * @returns {Trace}
 */
function disc(share) {
  return (context, x, y, radius) => {
    context.moveTo(x + radius * share, y);
    context.arc(x, y, radius * share, 0, FULL_TURN);
  };
}

/** @type {Trace} */
function dash(context, x, y, radius) {
  context.moveTo(x - radius * 0.5, y);
  context.lineTo(x + radius * 0.5, y);
}

/** @type {Trace} */
function target(context, x, y, radius) {
  disc(0.85)(context, x, y, radius);
  disc(0.2)(context, x, y, radius);
}

/** @type {Trace} */
function square(context, x, y, radius) {
  context.roundRect(x - radius, y - radius, 2 * radius, 2 * radius, radius * 0.35);
}

/** @type {Trace} */
function tick(context, x, y, radius) {
  context.moveTo(x - radius * 0.48, y + radius * 0.04);
  context.lineTo(x - radius * 0.12, y + radius * 0.42);
  context.lineTo(x + radius * 0.5, y - radius * 0.38);
}
