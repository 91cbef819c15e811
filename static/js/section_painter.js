/**
 * Paints sections with their free counts: in the colour of what is free, stronger the more of it
 * there is, with a bar of the free categories where several are.
 */

import { wholeNumber } from './formats.js';
import { numberLineOf } from './section_line.js';
import { inkOn, mixed } from './theme.js';

/** @typedef {import('./plan.js').SeatPlan} SeatPlan */
/** @typedef {import('./sections.js').Section} Section */
/** @typedef {import('./section_counts.js').SectionCounts} SectionCounts */
/** @typedef {import('./section_line.js').Line} Line */
/** @typedef {import('./theme.js').Theme} Theme */
/** @typedef {import('./viewport.js').View} View */
/** @typedef {CanvasRenderingContext2D} Context */

/**
 * @typedef {object} Look
 * @property {string} fill
 * @property {string} ink
 * @property {string} words how many are free
 * @property {number} width of these words, by the size of their font
 * @property {number} nameWidth of the section's name, likewise
 * @property {number} version of the counts that this is made of
 */

/** Share of the category's colour in a section that is nearly gone, and in a free one. */
const TINT_MIN = 0.22;
const TINT_MAX = 0.82;

/** Share of ink in a section without a free seat. */
const NONE_TINT = 0.1;

/** Words need this much room on all sides, in CSS pixels. */
const COUNT_ROOM_PX = 5;
const NAME_ROOM_PX = 19;
const BAR_ROOM_PX = 30;

const COUNT_PX_MIN = 8;
const NAME_PX_MIN = 9;
/** Of a name's size and that of the number below it. */
const NAME_SHARE = 0.62;
/** Of a line's height and the size of a number in it: digits reach neither as high nor as low. */
const LINE_SHARE = 0.75;
/** Words that had to be narrower than this share of their width are left out. */
const SQUEEZE_MIN = 0.8;
const COUNT_WEIGHT = 600;
const NAME_WEIGHT = 400;
const COUNT_PX_MAX = 22;
/** Numbers that are turned, or beside the middle, are no louder than the others around them. */
const LINE_PX_MAX = 10;
/** The size that words are measured at. */
const MEASURED_PX = 100;
const BAR_PX = 4;

export class SectionPainter {
  #plan;
  #sections;
  #counts;
  #theme;
  /** @type {Path2D[]} in plan units */
  #paths;
  /** @type {Look[]} */
  #looks;
  /** Found when a section has no room for level words at its middle. @type {(Line | undefined)[]} */
  #lines = [];

  /**
   * @param {SeatPlan} plan
   * @param {Section[]} sections
   * @param {SectionCounts} counts
   * @param {Theme} theme
   */
  constructor(plan, sections, counts, theme) {
    this.#plan = plan;
    this.#sections = sections;
    this.#counts = counts;
    this.#theme = theme;
    this.#looks = sections.map(() => ({
      fill: '',
      ink: '',
      words: '',
      width: 0,
      nameWidth: 0,
      version: -1,
    }));
    this.#paths = sections.map(({ outline }) => {
      const path = new Path2D();
      for (const { x, y } of outline) path.lineTo(x, y);
      path.closePath();
      return path;
    });
  }

  /**
   * @param {Context} context
   * @param {View} view
   * @param {number} ratio device pixels a CSS pixel
   * @param {number} alpha
   * @param {number} hovered section, or -1
   */
  paint(context, view, ratio, alpha, hovered) {
    context.globalAlpha = alpha;
    this.paintShapes(context, view, ratio, hovered);
    // Faint words over seats are hard to read and harder to see through; they go first.
    context.globalAlpha = Math.max(2 * alpha - 1, 0);
    if (this.#counts.isKnown && context.globalAlpha > 0) this.#paintWords(context, view);
    context.globalAlpha = 1;
  }

  /**
   * Paint the sections without any words.
   *
   * @param {Context} context
   * @param {View} view
   * @param {number} ratio device pixels a CSS pixel
   * @param {number} hovered section, or -1
   */
  paintShapes(context, { scale, offsetX, offsetY, width, height }, ratio, hovered) {
    const plain = context.getTransform();
    context.setTransform(ratio * scale, 0, 0, ratio * scale, ratio * offsetX, ratio * offsetY);
    context.strokeStyle = this.#theme.ink;
    for (let index = 0; index < this.#sections.length; index++) {
      const { box } = this.#sections[index];
      if (box.right * scale + offsetX < 0 || box.left * scale + offsetX > width) continue;
      if (box.bottom * scale + offsetY < 0 || box.top * scale + offsetY > height) continue;
      context.fillStyle = this.#lookOf(context, index).fill;
      context.fill(this.#paths[index]);
      if (index !== hovered) continue;
      context.lineWidth = 2 / scale;
      context.stroke(this.#paths[index]);
    }
    context.setTransform(plain);
  }

  /**
   * @param {Context} context in CSS pixels
   * @param {View} view
   */
  #paintWords(context, view) {
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    // Numbers first, then names: changing the font is what costs.
    this.#paintEach(context, view, 'count');
    this.#paintEach(context, view, 'name');
  }

  /**
   * @param {Context} context
   * @param {View} view
   * @param {'count' | 'name'} what
   */
  #paintEach(context, { scale, offsetX, offsetY, width, height }, what) {
    const isName = what === 'name';
    let size = 0;
    for (let index = 0; index < this.#sections.length; index++) {
      const { name, box, middle, room, span } = this.#sections[index];
      if (box.right * scale + offsetX < 0 || box.left * scale + offsetX > width) continue;
      if (box.bottom * scale + offsetY < 0 || box.top * scale + offsetY > height) continue;
      const { countPx, namePx, line } = this.#layoutOf(index, scale);
      const sizePx = isName ? namePx : countPx;
      if (sizePx === 0) continue;
      const weight = isName ? NAME_WEIGHT : COUNT_WEIGHT;
      if (size !== sizePx) context.font = `${weight} ${(size = sizePx)}px ${this.#theme.font}`;
      const { ink, words, width: wordsWidth, nameWidth } = this.#looks[index];
      context.fillStyle = ink;
      if (line !== null) {
        const at = { x: line.middle.x * scale + offsetX, y: line.middle.y * scale + offsetY };
        paintTurned(context, words, at, line.angle, line.width * scale);
        continue;
      }
      const roomPx = room * scale;
      const y = middle.y * scale + offsetY;
      const left = span.left * scale + offsetX;
      const right = span.right * scale + offsetX;
      const reach = Math.min((isName ? nameWidth : wordsWidth) * sizePx, right - left) / 2;
      const x = Math.min(Math.max(middle.x * scale + offsetX, left + reach), right - reach);
      if (isName) {
        context.fillText(name, x, y - countPx * 0.5, 2 * reach);
        continue;
      }
      const down = namePx > 0 ? countPx * 0.42 : 0;
      context.fillText(words, x, y + down, 2 * reach);
      if (roomPx >= BAR_ROOM_PX) this.#paintBar(context, index, x, y + countPx * 1.15, roomPx);
    }
  }

  /**
   * Return the sizes of the words that fit into a section, in CSS pixels, 0 for what does not; and
   * the line that a number stands on which has no room at the section's middle.
   *
   * @param {number} index
   * @param {number} scale
   * @returns {{countPx: number, namePx: number, line: Line | null}}
   */
  #layoutOf(index, scale) {
    const { name, room, span } = this.#sections[index];
    const { width, nameWidth } = this.#looks[index];
    const roomPx = room * scale;
    const spanPx = (span.right - span.left) * scale;
    const lowPx = Math.max(countSize(roomPx * 0.5), NAME_PX_MIN);
    const namePx = Math.max(Math.round(lowPx * NAME_SHARE), NAME_PX_MIN);
    const hasName =
      name !== '' && roomPx >= NAME_ROOM_PX && nameWidth * namePx * SQUEEZE_MIN <= spanPx;
    const countPx = hasName ? lowPx : countSize(Math.min(roomPx * 0.8, spanPx / width));
    const hasCount = roomPx >= COUNT_ROOM_PX && width * countPx * SQUEEZE_MIN <= spanPx;
    if (hasCount) return { countPx, namePx: hasName ? namePx : 0, line: null };
    return { ...this.#lineLayoutOf(index, scale), namePx: 0 };
  }

  /**
   * @param {number} index
   * @param {number} scale
   */
  #lineLayoutOf(index, scale) {
    const line = (this.#lines[index] ??= numberLineOf(this.#sections[index].outline));
    const { width } = this.#looks[index];
    const heightPx = (line.height * scale) / LINE_SHARE;
    const widthPx = (line.width * scale) / width;
    const countPx = countSize(Math.min(heightPx, widthPx, LINE_PX_MAX));
    const hasCount = heightPx >= countPx && widthPx >= countPx * SQUEEZE_MIN;
    return { countPx: hasCount ? countPx : 0, line };
  }

  /**
   * @param {Context} context
   * @param {number} index
   * @param {number} x its middle
   * @param {number} y
   * @param {number} width
   */
  #paintBar(context, index, x, y, width) {
    const free = this.#counts.freeIn(index);
    const { categories } = this.#plan;
    let left = x - width / 2;
    for (let category = 0; category < categories.length; category++) {
      const share = this.#counts.freeOf(index, category) / free;
      // One category alone is the section's own colour.
      if (share === 0 || share === 1 || free === 0) continue;
      context.fillStyle = categories[category].color;
      context.fillRect(left, y, width * share, BAR_PX);
      left += width * share;
    }
  }

  /**
   * @param {Context} context
   * @param {number} index
   */
  #lookOf(context, index) {
    const look = this.#looks[index];
    const version = this.#counts.versionOf(index);
    if (version === look.version) return look;
    look.version = version;
    const { first, end } = this.#sections[index];
    const free = this.#counts.freeIn(index);
    const { ground, ink, unknown } = this.#theme;
    if (!this.#counts.isKnown) look.fill = mixed(context, ground, unknown, 0.6);
    else if (free === 0) look.fill = mixed(context, ground, ink, NONE_TINT);
    else {
      const tint = TINT_MIN + (TINT_MAX - TINT_MIN) * Math.sqrt(free / (end - first));
      look.fill = mixed(context, ground, this.#mainColor(index), tint);
    }
    look.ink = inkOn(context, look.fill);
    look.words = wholeNumber(free);
    look.width = this.#widthOf(context, look.words, COUNT_WEIGHT);
    look.nameWidth ||= this.#widthOf(context, this.#sections[index].name, NAME_WEIGHT);
    return look;
  }

  /**
   * Return how wide words are, by the size of their font.
   *
   * @param {Context} context
   * @param {string} words
   * @param {number} weight
   */
  #widthOf(context, words, weight) {
    context.font = `${weight} ${MEASURED_PX}px ${this.#theme.font}`;
    return context.measureText(words).width / MEASURED_PX;
  }

  /**
   * Return the colour of the category that has most of a section's free seats.
   *
   * @param {number} index
   */
  #mainColor(index) {
    const { categories } = this.#plan;
    let most = 0;
    for (let category = 1; category < categories.length; category++) {
      const isMore = this.#counts.freeOf(index, category) > this.#counts.freeOf(index, most);
      if (isMore) most = category;
    }
    return categories[most].color;
  }
}

/**
 * @param {Context} context in CSS pixels
 * @param {string} words
 * @param {import('./outline.js').Point} at their middle
 * @param {number} angle in radians
 * @param {number} widthMax in CSS pixels
 */
function paintTurned(context, words, { x, y }, angle, widthMax) {
  const plain = context.getTransform();
  context.translate(x, y);
  context.rotate(angle);
  context.fillText(words, 0, 0, widthMax);
  context.setTransform(plain);
}

/**
 * Return a size for a number in few steps: every other size is a font of its own.
 *
 * @param {number} roomPx
 */
function countSize(roomPx) {
  return Math.min(Math.max(Math.floor(roomPx / 2) * 2, COUNT_PX_MIN), COUNT_PX_MAX);
}
