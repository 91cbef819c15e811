/** Paints what lies over the plan for a moment: the band that frames seats, the faults of a plan. */

/** @typedef {import('./theme.js').Theme} Theme */
/** @typedef {import('./viewport.js').View} View */

const FAULT_RADIUS_PX = 9;
const FAULT_TEXT_PX = 12;

/** With more faults than this their words would cover one another. */
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
  for (const [index, { x, y, text }] of faults.entries()) {
    const screenX = x * scale + offsetX;
    const screenY = y * scale + offsetY;
    context.beginPath();
    context.arc(screenX, screenY, FAULT_RADIUS_PX, 0, 2 * Math.PI);
    context.fillStyle = theme.fault;
    context.fill();
    context.fillStyle = theme.ground;
    context.textAlign = 'center';
    context.font = `700 ${FAULT_TEXT_PX}px ${theme.font}`;
    context.fillText('!', screenX, screenY);
    if (index >= FAULT_TEXTS_MAX) continue;
    context.textAlign = 'left';
    const left = screenX + FAULT_RADIUS_PX + 3;
    context.lineWidth = 4;
    context.strokeStyle = theme.ground;
    context.strokeText(text, left, screenY);
    context.fillStyle = theme.fault;
    context.fillText(text, left, screenY);
  }
}
