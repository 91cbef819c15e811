/**
 * How seats look: free ones in their category's colour, the others told apart by shape as well.
 *
 *   free      full disc in the category's colour     held      ring
 *   booked    small dot                              blocked   dash
 *   own       square with a tick                     changing  ring and dot in the own colour
 *   unknown   small ring: no status has come yet, so nothing is called free
 */

import { Look } from './seat_sorter.js';

/** @typedef {import('./theme.js').Theme} Theme */
/** @typedef {CanvasRenderingContext2D} Context */
/** @typedef {(context: Context, x: number, y: number, radius: number) => void} Trace */

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

/**
 * Fill or stroke the path as a style wants it.
 *
 * @param {Context} context
 * @param {Style} style
 * @param {number} radius
 */
export function finish(context, { color, stroke }, radius) {
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
