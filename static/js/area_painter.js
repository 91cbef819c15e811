/** Paints the areas of a plan, under the seats. */

import { boxesMeet } from './box.js';
import { inkOn } from './theme.js';

/** @typedef {import('./plan_areas.js').Area} Area */
/** @typedef {import('./plan_areas.js').AreaText} AreaText */
/** @typedef {import('./viewport.js').Viewport} Viewport */
/** @typedef {import('./theme.js').Theme} Theme */

/** Smaller words than this are dust. */
const TEXT_PX_MIN = 6;

/**
 * @param {CanvasRenderingContext2D} context in CSS pixels
 * @param {Area[]} areas
 * @param {Viewport} viewport
 * @param {Theme} theme
 */
export function paintAreas(context, areas, viewport, theme) {
  const visible = viewport.visibleBox();
  for (const area of areas) {
    if (!boxesMeet(area.box, visible)) continue;
    const at = viewport.toScreen(area.x, area.y);
    context.save();
    context.translate(at.x, at.y);
    context.rotate(area.rotation);
    context.scale(viewport.scale, viewport.scale);
    paintShape(context, area, viewport.scale);
    if (area.text !== null && area.text.size * viewport.scale >= TEXT_PX_MIN) {
      paintText(context, area.text, area.color, theme);
    }
    context.restore();
  }
}

/**
 * @param {CanvasRenderingContext2D} context in plan units, its origin at the area's position
 * @param {Area} area
 * @param {number} scale
 */
function paintShape(context, area, scale) {
  if (area.shape === 'text') return;
  context.beginPath();
  if (area.shape === 'rectangle') {
    context.rect(0, 0, area.width, area.height);
  } else if (area.shape === 'polygon') {
    for (const { x, y } of area.points) context.lineTo(x, y);
    context.closePath();
  } else {
    context.ellipse(0, 0, area.radiusX, area.radiusY, 0, 0, 2 * Math.PI);
  }
  if (area.color) {
    context.fillStyle = area.color;
    context.fill();
  }
  if (area.borderColor) {
    context.strokeStyle = area.borderColor;
    context.lineWidth = Math.max(1, 1 / scale);
    context.stroke();
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {AreaText} text
 * @param {string} ground the colour it stands on, empty for the page
 * @param {Theme} theme
 */
function paintText(context, text, ground, theme) {
  context.fillStyle = text.color || (ground ? inkOn(context, ground) : theme.ink);
  context.font = `${text.size}px ${theme.font}`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillText(text.words, text.x, text.y);
}
