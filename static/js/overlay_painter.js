/** Paints what lies over the plan for a moment: the band that frames seats, the faults of a plan. */

/** @typedef {import('./theme.js').Theme} Theme */
/** @typedef {import('./viewport.js').View} View */

const FAULT_RADIUS_PX = 9;
const FAULT_TEXT_PX = 12;

/** What is this short stands in the mark itself. */
const FAULT_NUMBER_CHARS_MAX = 3;

/** With more words than this they would cover one another. */
const FAULT_TEXTS_MAX = 30;

/**
 * @param {CanvasRenderingContext2D} context in CSS pixels
 * @param {import('./box.js').Box} band
 * @param {Theme} theme
 */
export function paintBand(context, { left, top, right, bottom }, theme) {
  context.globalAlpha = 0.14;
  context.fillStyle = theme.own;
  context.fillRect(left, top, right - left, bottom - top);
  context.globalAlpha = 1;
  context.strokeStyle = theme.own;
  context.lineWidth = 1.5;
  context.setLineDash([6, 4]);
  context.strokeRect(left, top, right - left, bottom - top);
  context.setLineDash([]);
}

/**
 * @param {CanvasRenderingContext2D} context in CSS pixels
 * @param {import('./map_scene.js').Fault[]} faults
 * @param {View} view
 * @param {Theme} theme
 */
export function paintFaults(context, faults, { scale, offsetX, offsetY }, theme) {
  context.textBaseline = 'middle';
  context.font = `700 ${FAULT_TEXT_PX}px ${theme.font}`;
  for (const [index, { x, y, text }] of faults.entries()) {
    const at = { x: x * scale + offsetX, y: y * scale + offsetY };
    const isNumber = text.length <= FAULT_NUMBER_CHARS_MAX;
    paintMark(context, at, isNumber ? text : '!', theme);
    if (!isNumber && index < FAULT_TEXTS_MAX) paintWords(context, at, text, theme);
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {{x: number, y: number}} at
 * @param {string} text
 * @param {Theme} theme
 */
function paintMark(context, { x, y }, text, theme) {
  const width = context.measureText(text).width;
  const radius = Math.max(FAULT_RADIUS_PX, width / 2 + 3);
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fillStyle = theme.fault;
  context.fill();
  context.lineWidth = 1.5;
  context.strokeStyle = theme.ground;
  context.stroke();
  context.fillStyle = theme.ground;
  context.textAlign = 'center';
  context.fillText(text, x, y);
}

/**
 * Write words beside a mark: on the side where there is room, on a ground of their own.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {{x: number, y: number}} at
 * @param {string} text
 * @param {Theme} theme
 */
function paintWords(context, { x, y }, text, theme) {
  const { width } = context.measureText(text);
  const gap = FAULT_RADIUS_PX + 3;
  const right = context.canvas.width / context.getTransform().a;
  const left = x + gap + width > right && x > right / 2 ? x - gap - width : x + gap;
  context.fillStyle = theme.ground;
  context.fillRect(left - 3, y - FAULT_TEXT_PX, width + 6, 2 * FAULT_TEXT_PX);
  context.fillStyle = theme.fault;
  context.textAlign = 'left';
  context.fillText(text, left, y);
}
