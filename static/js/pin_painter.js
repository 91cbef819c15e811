/** Paints pins: where seats are that sections hide, and how many. */

import { wholeNumber } from './formats.js';

/** @typedef {import('./section_pins.js').Pin} Pin */
/** @typedef {import('./theme.js').Theme} Theme */
/** @typedef {import('./viewport.js').View} View */
/** @typedef {CanvasRenderingContext2D} Context */

const HEAD_RADIUS_PX = 9;
const POINT_PX = 11;
const DOT_RADIUS_PX = 3;
const TEXT_PX = 11;
/** Room on each side of a number in a head. */
const TEXT_ROOM_PX = 4;
const EDGE_PX = 1.5;

/** This far to both sides of its point a head is not round, but runs to it. */
const POINT_ANGLE = 0.35 * Math.PI;

/**
 * @param {Context} context in CSS pixels
 * @param {Pin[]} pins
 * @param {View} view
 * @param {Theme} theme
 */
export function paintPins(context, pins, { scale, offsetX, offsetY }, theme) {
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.font = `700 ${TEXT_PX}px ${theme.font}`;
  for (const { x, y, count } of pins) {
    paintPin(context, x * scale + offsetX, y * scale + offsetY, count, theme);
  }
}

/**
 * @param {Context} context
 * @param {number} x of its point
 * @param {number} y
 * @param {number} count of its seats; a single one needs no number
 * @param {Theme} theme
 */
function paintPin(context, x, y, count, theme) {
  const words = count > 1 ? wholeNumber(count) : '';
  const width = words === '' ? 0 : context.measureText(words).width;
  const radius = Math.max(HEAD_RADIUS_PX, width / 2 + TEXT_ROOM_PX);
  const height = radius + POINT_PX;
  // At the upper edge it hangs down from its point.
  const isBelow = y >= 0 && y < height + radius;
  const middle = isBelow ? y + height : y - height;
  const toPoint = (isBelow ? -0.5 : 0.5) * Math.PI;
  context.beginPath();
  context.arc(x, middle, radius, toPoint + POINT_ANGLE, toPoint - POINT_ANGLE + 2 * Math.PI);
  context.lineTo(x, y);
  context.closePath();
  context.fillStyle = theme.own;
  context.fill();
  context.strokeStyle = theme.ground;
  context.lineWidth = EDGE_PX;
  context.stroke();
  context.fillStyle = theme.ownInk;
  if (words !== '') return context.fillText(words, x, middle);
  context.fillRect(x - DOT_RADIUS_PX, middle - DOT_RADIUS_PX, 2 * DOT_RADIUS_PX, 2 * DOT_RADIUS_PX);
}
