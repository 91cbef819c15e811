/** Paints the areas of a plan, under the seats. */

import { boxesMeet } from './box.js';
import { inkOn, isLight } from './theme.js';

/** @typedef {import('./plan_areas.js').Area} Area */
/** @typedef {import('./plan_areas.js').AreaText} AreaText */
/** @typedef {import('./viewport.js').View} Viewport */
/** @typedef {import('./theme.js').Theme} Theme */

/** Smaller words than this are dust. */
const TEXT_PX_MIN = 5;

/** On a dark page light areas are a veil: the seats on them are painted for a dark ground. */
const VEIL_ALPHA = 0.1;

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
    if (area.color !== '' && isVeil(context, area.color, theme)) context.globalAlpha = VEIL_ALPHA;
    paintShape(context, area, viewport.scale);
    context.globalAlpha = 1;
    if (area.text !== null && area.text.size * viewport.scale >= TEXT_PX_MIN) {
      context.fillStyle = textColor(context, area, theme);
      paintText(context, area.text, theme);
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
 * Say whether an area of this colour would glare on the page.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {string} color
 * @param {Theme} theme
 */
function isVeil(context, color, theme) {
  return isLight(context, theme.ink) && isLight(context, color);
}

/**
 * Return the plan's own colour for an area's words, unless it was chosen for another ground.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {Area} area
 * @param {Theme} theme
 */
function textColor(context, { text, ground }, theme) {
  const isOnPage = ground === '' || isVeil(context, ground, theme);
  const fits = !isOnPage || isLight(context, theme.ink) === isLight(context, text?.color || '#000');
  if (text?.color && fits) return text.color;
  return isOnPage ? theme.ink : inkOn(context, ground);
}

/**
 * @param {CanvasRenderingContext2D} context its fill is the colour of the words
 * @param {AreaText} text
 * @param {Theme} theme
 */
function paintText(context, text, theme) {
  context.font = `${text.size}px ${theme.font}`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillText(text.words, text.x, text.y);
}
