/** The colours of a plan's categories, told apart where the plan gives several the same. Pure. */

const COLOR_DEFAULT = '#888888';

/** How much of black or white goes into a colour for each category that had it before. */
const SHADE_SHARE = 0.35;

/** Lighter than this a colour is made darker, so that its shades can be seen on any page. */
const LUMA_MIDDLE = 112;

/** How light red, green and blue look (ITU-R BT.601). */
const LUMA_SHARES = Object.freeze([0.299, 0.587, 0.114]);

/**
 * Return the colour of each category: the plan's own, and shades of it for those that follow with
 * the same. A colour that is not written #rrggbb stays as it is.
 *
 * @param {{color?: string}[]} categories
 * @returns {string[]}
 */
export function colorsOf(categories) {
  /** @type {Map<string, number>} */
  const uses = new Map();
  return categories.map(({ color }) => {
    const own = (color || COLOR_DEFAULT).toLowerCase();
    const earlier = uses.get(own) ?? 0;
    uses.set(own, earlier + 1);
    return shadeOf(own, earlier);
  });
}

/**
 * @param {string} color
 * @param {number} times
 */
function shadeOf(color, times) {
  const hex = /^#(..)(..)(..)$/.exec(color);
  if (hex === null || times === 0) return color;
  const channels = hex.slice(1).map((channel) => parseInt(channel, 16));
  const luma = channels.reduce((sum, channel, at) => sum + channel * LUMA_SHARES[at], 0);
  const end = luma > LUMA_MIDDLE ? 0 : 255;
  const share = 1 - (1 - SHADE_SHARE) ** times;
  const mixed = channels.map((channel) => Math.round(channel + (end - channel) * share));
  return `#${mixed.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`;
}
