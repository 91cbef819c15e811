/** Colours of the map, read from CSS so that light, dark and embedding pages decide them. */

/**
 * @typedef {object} Theme
 * @property {string} ink text and outlines
 * @property {string} ground what the plan is painted on
 * @property {string} unknown seats whose status has not come yet
 * @property {string} held
 * @property {string} booked
 * @property {string} blocked
 * @property {string} own
 * @property {string} ownInk on top of `own`
 * @property {string} fault what is wrong with a plan
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
    ground: color('ground') || '#ffffff',
    unknown: color('unknown') || '#b9c1cc',
    held: color('held') || '#8a93a0',
    booked: color('booked') || '#a6adb8',
    blocked: color('blocked') || '#a6adb8',
    own: color('own') || '#1258d6',
    ownInk: color('own-ink') || '#ffffff',
    fault: color('stale') || '#b3261e',
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
  const channels = channelsOf(context, color);
  // A colour that lets the page through counts as a light one.
  if (channels === null) return 1;
  const [red, green, blue] = channels.map((channel) => linear(channel / 255));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/**
 * Return *ground* with a *share* of *color* in it. A colour that lets the page through mixes as
 * itself.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {string} ground any CSS colour
 * @param {string} color any CSS colour
 * @param {number} share 0 to 1
 */
export function mixed(context, ground, color, share) {
  const under = channelsOf(context, ground);
  const over = channelsOf(context, color);
  if (under === null || over === null) return color;
  const [red, green, blue] = under.map((channel, index) =>
    Math.round(channel + (over[index] - channel) * share),
  );
  return `#${((1 << 24) | (red << 16) | (green << 8) | blue).toString(16).slice(1)}`;
}

/** What colours mean never changes, and asking a canvas is slow. @type {Map<string, number[] | null>} */
const KNOWN_CHANNELS = new Map();

/**
 * Return red, green and blue, 0 to 255; null for a colour that is not opaque.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {string} color
 */
function channelsOf(context, color) {
  let channels = KNOWN_CHANNELS.get(color);
  if (channels !== undefined) return channels;
  const before = context.fillStyle;
  context.fillStyle = color;
  const normal = /^#(..)(..)(..)$/.exec(String(context.fillStyle));
  context.fillStyle = before;
  channels = normal && normal.slice(1).map((hex) => parseInt(hex, 16));
  KNOWN_CHANNELS.set(color, channels);
  return channels;
}

/** @param {number} channel sRGB, 0 to 1 */
function linear(channel) {
  return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
}
