/**
 * Paints sections with their free counts: in the colour of what is free, stronger the more of it
 * there is, with a bar of the free categories where several are.
 */

import { wholeNumber } from './formats.js';
import { inkOn, mixed } from './theme.js';

/** @typedef {import('./plan.js').SeatPlan} SeatPlan */
/** @typedef {import('./sections.js').Section} Section */
/** @typedef {import('./section_counts.js').SectionCounts} SectionCounts */
/** @typedef {import('./theme.js').Theme} Theme */
/** @typedef {import('./viewport.js').View} View */
/** @typedef {CanvasRenderingContext2D} Context */

/**
 * @typedef {object} Look
 * @property {string} fill
 * @property {string} ink
 * @property {string} words how many are free
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

const COUNT_PX_MIN = 9;
const NAME_PX_MIN = 9;
const COUNT_PX_MAX = 22;
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
    this.#looks = sections.map(() => ({ fill: '', ink: '', words: '', version: -1 }));
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
    const { scale, offsetX, offsetY, width, height } = view;
    const plain = context.getTransform();
    context.globalAlpha = alpha;
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
    // Faint words over seats are hard to read and harder to see through; they go first.
    context.globalAlpha = Math.max(2 * alpha - 1, 0);
    if (this.#counts.isKnown && context.globalAlpha > 0) this.#paintWords(context, view);
    context.globalAlpha = 1;
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
    let size = 0;
    for (let index = 0; index < this.#sections.length; index++) {
      const { name, middle, room } = this.#sections[index];
      const roomPx = room * scale;
      const hasName = name !== '' && roomPx >= NAME_ROOM_PX;
      if (what === 'name' ? !hasName : roomPx < COUNT_ROOM_PX) continue;
      const x = middle.x * scale + offsetX;
      const y = middle.y * scale + offsetY;
      if (x < -roomPx || y < -roomPx || x > width + roomPx || y > height + roomPx) continue;
      const countPx = countSize(hasName ? roomPx * 0.5 : roomPx * 0.8);
      const sizePx = what === 'name' ? Math.max(Math.round(countPx * 0.62), NAME_PX_MIN) : countPx;
      const weight = what === 'name' ? 400 : 600;
      if (size !== sizePx) context.font = `${weight} ${(size = sizePx)}px ${this.#theme.font}`;
      context.fillStyle = this.#looks[index].ink;
      if (what === 'name') {
        context.fillText(name, x, y - countPx * 0.5, roomPx * 2.2);
        continue;
      }
      const down = hasName ? countPx * 0.42 : 0;
      context.fillText(this.#looks[index].words, x, y + down, roomPx * 2.2);
      if (roomPx >= BAR_ROOM_PX) this.#paintBar(context, index, x, y + countPx * 1.15, roomPx);
    }
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
    return look;
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
 * Return a size for a number in few steps: every other size is a font of its own.
 *
 * @param {number} roomPx
 */
function countSize(roomPx) {
  return Math.min(Math.max(Math.floor(roomPx / 2) * 2, COUNT_PX_MIN), COUNT_PX_MAX);
}
