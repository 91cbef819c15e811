/** Colours of the map, read from CSS so that light, dark and embedding pages decide them. */

/**
 * @typedef {object} Theme
 * @property {string} ink text and outlines
 * @property {string} unknown seats whose status has not come yet
 * @property {string} held
 * @property {string} booked
 * @property {string} blocked
 * @property {string} own
 * @property {string} ownInk on top of `own`
 * @property {string} font
 */

/** Where black and white have the same contrast: (L + 0.05)² = 1.05 · 0.05. */
const LUMINANCE_MIDDLE = 0.179;

/** Lighter than this a surface glares on a dark page. */
const LUMINANCE_HALF = 0.5;

/**
 * @param {Element} element
 * @returns {Theme}
 */
export function readTheme(element) {
  const style = getComputedStyle(element);
  const color = (/** @type {string} */ name) => style.getPropertyValue(`--seat-map-${name}`).trim();
  return {
    ink: color('ink') || '#1c2430',
    unknown: color('unknown') || '#b9c1cc',
    held: color('held') || '#8a93a0',
    booked: color('booked') || '#a6adb8',
    blocked: color('blocked') || '#a6adb8',
    own: color('own') || '#1258d6',
    ownInk: color('own-ink') || '#ffffff',
    font: style.fontFamily || 'sans-serif',
  };
}

/**
 * Return the ink that can be read on *color*. The context is only asked what the colour means.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {string} color any CSS colour
 */
export function inkOn(context, color) {
  return luminanceOf(context, color) > LUMINANCE_MIDDLE ? '#10151d' : '#ffffff';
}

/**
 * Say whether *color* is lighter than it is dark.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {string} color any CSS colour
 */
export function isLight(context, color) {
  return luminanceOf(context, color) > LUMINANCE_HALF;
}

/**
 * Return the relative luminance (WCAG) of a colour, 0 to 1.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {string} color
 */
function luminanceOf(context, color) {
  const before = context.fillStyle;
  context.fillStyle = color;
  const normal = /^#(..)(..)(..)$/.exec(String(context.fillStyle));
  context.fillStyle = before;
  // A colour that lets the page through counts as a light one.
  if (normal === null) return 1;
  const [red, green, blue] = normal.slice(1).map((hex) => linear(parseInt(hex, 16) / 255));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** @param {number} channel sRGB, 0 to 1 */
function linear(channel) {
  return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
}
