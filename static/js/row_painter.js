/** Paints the row numbers that a plan wants beside its rows. */

import { boxesMeet } from './box.js';

/** @typedef {import('./plan.js').SeatPlan} SeatPlan */
/** @typedef {import('./plan.js').Row} Row */
/** @typedef {import('./viewport.js').View} Viewport */
/** @typedef {import('./theme.js').Theme} Theme */

/** Row numbers show from this seat radius on. */
const RADIUS_PX_MIN = 5;

/** Distance of the number from its seat, in seat radii, when a row has a single seat. */
const GAP_RADII = 2.4;

/**
 * @param {CanvasRenderingContext2D} context in CSS pixels
 * @param {SeatPlan} plan
 * @param {Viewport} viewport
 * @param {Theme} theme
 */
export function paintRowNumbers(context, plan, viewport, theme) {
  const radiusPx = plan.typicalRadius * viewport.scale;
  if (radiusPx < RADIUS_PX_MIN) return;
  const visible = viewport.visibleBox();
  context.fillStyle = theme.ink;
  context.font = `${Math.min(radiusPx, 14)}px ${theme.font}`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  for (const row of plan.rows) {
    if (row.numberPosition === null || row.first === row.end) continue;
    if (!boxesMeet(row.box, visible)) continue;
    for (const at of numberPlaces(plan, row)) {
      const screen = viewport.toScreen(at.x, at.y);
      context.fillText(row.number, screen.x, screen.y);
    }
  }
}

/**
 * Return the points one seat beyond the row's ends, in plan units.
 *
 * @param {SeatPlan} plan
 * @param {Row} row
 */
function numberPlaces(plan, { numberPosition, first, end }) {
  const last = end - 1;
  const places = [];
  if (numberPosition !== 'end') places.push(beyond(plan, first, Math.min(first + 1, last), -1));
  if (numberPosition !== 'start') places.push(beyond(plan, last, Math.max(last - 1, first), 1));
  return places;
}

/**
 * @param {SeatPlan} plan
 * @param {number} outer
 * @param {number} inner its neighbour, or itself
 * @param {number} sign where a lone seat has its number: -1 left, 1 right
 */
function beyond({ x, y, radius }, outer, inner, sign) {
  const gap = radius[outer] * GAP_RADII;
  const deltaX = x[outer] - x[inner];
  const deltaY = y[outer] - y[inner];
  const length = Math.hypot(deltaX, deltaY);
  if (length === 0) return { x: x[outer] + sign * gap, y: y[outer] };
  return { x: x[outer] + (deltaX / length) * gap, y: y[outer] + (deltaY / length) * gap };
}
