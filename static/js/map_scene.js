/**
 * What a map looks like: the plan in cached tiles, sections over them from far away, and on top
 * what moves with the pointer. It draws and decides nothing.
 */

import { paintAreas } from './area_painter.js';
import { grown } from './box.js';
import { hasSectionView, sectionsAlpha, showsSeats } from './detail.js';
import { paintBand, paintFaults } from './overlay_painter.js';
import { paintPins } from './pin_painter.js';
import { paintRowNumbers } from './row_painter.js';
import { HIGHLIGHT_PX, OWN_RADIUS_PX_MIN, SeatPainter } from './seat_painter.js';
import { Look, SeatSorter } from './seat_sorter.js';
import { SeatMark } from './seat_marks.js';
import { SectionCounts } from './section_counts.js';
import { SectionPainter } from './section_painter.js';
import { pinsOf } from './section_pins.js';
import { sectionsOf } from './sections.js';
import { TilePicture } from './tile_picture.js';

/** @typedef {import('./plan.js').SeatPlan} SeatPlan */
/** @typedef {import('./theme.js').Theme} Theme */
/** @typedef {import('./viewport.js').View} View */
/** @typedef {{x: number, y: number, text: string}} Fault at a place of the plan, in plan units */

/** How much of the way sections fade in one frame. */
const FADE_SHARE = 0.3;

/** Less than this is not worth a frame. */
const FADE_MIN = 0.02;

/** @type {Readonly<Record<number, number>>} */
const LOOK_BY_MARK = Object.freeze({
  [SeatMark.CHANGING]: Look.CHANGING,
  [SeatMark.OWN]: Look.OWN,
  [SeatMark.OWN_BOOKED]: Look.OWN_BOOKED,
});

export class MapScene {
  /** Seat under the pointer, or -1. */
  hovered = -1;
  /** Section under the pointer, or -1. */
  hoveredSection = -1;
  /** Seat with the keyboard's focus, or -1. */
  focused = -1;
  /** What is being framed, in screen pixels. @type {import('./box.js').Box | null} */
  band = null;
  /** @type {Fault[]} */
  faults = [];
  #context;
  #plan;
  #marks;
  #chosen;
  #theme;
  /** @type {Uint8Array} */
  #statuses = new Uint8Array(0);
  /** @type {number[]} */
  #own = [];
  #hasChosen = false;
  /** Where own and chosen seats are while sections hide them; null until they are looked for.
   * @type {import('./section_pins.js').Pin[] | null} */
  #pins = null;
  #sorter;
  #painter;
  #sectionPainter;
  #picture = new TilePicture((context, view, boxes) => this.#paintTile(context, view, boxes));
  #alpha = 0;
  #fades;

  /**
   * @param {object} parts
   * @param {CanvasRenderingContext2D} parts.context
   * @param {SeatPlan} parts.plan
   * @param {Theme} parts.theme
   * @param {Uint8Array} parts.marks one `SeatMark` per seat, written by the owner
   * @param {Uint8Array} parts.chosen 1 for each chosen seat, written by the owner
   * @param {boolean} parts.fades whether sections may fade
   */
  constructor({ context, plan, theme, marks, chosen, fades }) {
    this.#context = context;
    this.#plan = plan;
    this.#marks = marks;
    this.#chosen = chosen;
    this.#theme = theme;
    this.#fades = fades;
    this.#sorter = new SeatSorter(plan);
    this.#painter = new SeatPainter(plan, this.#sorter, theme);
    const { sections, sectionOf } = sectionsOf(plan);
    this.hasSections = hasSectionView(plan.count, sections.length);
    this.sections = this.hasSections ? sections : [];
    this.counts = new SectionCounts(plan, sections.length, sectionOf);
    this.#sectionPainter = new SectionPainter(plan, this.sections, this.counts, theme);
    this.#alpha = this.hasSections ? 1 : 0;
  }

  /** Whether sections stand for their seats at the moment. */
  get showsSections() {
    return this.#alpha > 0.5;
  }

  /**
   * @param {Uint8Array} statuses
   * @param {Iterable<[number, number]> | null} changes null for everything
   */
  showStatuses(statuses, changes) {
    this.#statuses = statuses;
    if (this.hasSections) this.counts.count(statuses, changes);
    if (changes === null) return this.#picture.touchAll();
    for (const [seat] of changes) this.touchSeat(seat);
  }

  /** @param {Theme} theme */
  showTheme(theme) {
    this.#theme = theme;
    this.#painter = new SeatPainter(this.#plan, this.#sorter, theme);
    this.#sectionPainter = new SectionPainter(this.#plan, this.sections, this.counts, theme);
    this.#picture.touchAll();
  }

  /** The marks were written anew. */
  showMarks() {
    const before = this.#own;
    this.#own = [];
    this.#pins = null;
    for (let seat = 0; seat < this.#marks.length; seat++) {
      if (this.#marks[seat] !== SeatMark.NONE) this.#own.push(seat);
    }
    // A marked seat is painted on top, and not in the picture below.
    for (const seat of new Set([...before, ...this.#own])) this.touchSeat(seat);
  }

  /**
   * Other seats are chosen now.
   *
   * @param {number[]} seats those that were not before, and those that were
   * @param {boolean} hasChosen whether any seat is chosen
   */
  showChosen(seats, hasChosen) {
    this.#hasChosen = hasChosen;
    this.#pins = null;
    for (const seat of seats) this.touchSeat(seat);
  }

  /** @param {number} seat */
  touchSeat(seat) {
    const { x, y, radius } = this.#plan;
    this.#picture.touch(x[seat], y[seat], radius[seat]);
  }

  /**
   * Paint what is missing, for a few milliseconds. Return whether there is a new picture in view,
   * and whether nothing is missing any more.
   *
   * @param {View} view
   * @param {number} ratio device pixels a CSS pixel
   * @param {boolean} isMoving
   */
  work(view, ratio, isMoving) {
    if (this.#hasSeats(view.scale)) return this.#picture.work(view, ratio, isMoving);
    this.#picture.drop();
    return { hasNews: false, isDone: true };
  }

  /**
   * Put everything together. Return whether nothing fades any more.
   *
   * @param {View} view
   * @param {number} ratio
   */
  draw(view, ratio) {
    const context = this.#context;
    const { canvas } = context;
    const isSettled = this.#fade(view);
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const hasPicture = this.#alpha < 1;
    // Where tiles are still being painted the floor has no holes.
    if (!hasPicture || !this.#picture.isComplete) {
      paintAreas(context, this.#plan.areas, view, this.#theme);
    }
    // Copying a picture that sections hide is the dearest part of a frame.
    if (hasPicture) this.#picture.draw(context, view, ratio);
    if (this.#alpha > 0) {
      this.#sectionPainter.paint(context, view, ratio, this.#alpha, this.hoveredSection);
    }
    this.#paintTop(context, view);
    return isSettled;
  }

  /**
   * Say whether single seats are painted at a scale, and not only sections.
   *
   * @param {number} scale
   */
  #hasSeats(scale) {
    return !this.hasSections || showsSeats(this.#plan.typicalRadius * scale);
  }

  /** @param {View} view */
  #fade({ scale }) {
    if (!this.hasSections) return true;
    let target = sectionsAlpha(this.#plan.typicalRadius * scale);
    // Sections go when there are seats to be seen, not before.
    if (!this.#picture.isComplete) target = Math.max(target, this.#alpha);
    const isNear = Math.abs(target - this.#alpha) < FADE_MIN;
    if (isNear || !this.#fades) this.#alpha = target;
    else this.#alpha += (target - this.#alpha) * FADE_SHARE;
    return this.#alpha === target;
  }

  /**
   * @param {CanvasRenderingContext2D} context in CSS pixels
   * @param {View} view
   */
  #paintTop(context, view) {
    for (const seat of this.#own) {
      const look = LOOK_BY_MARK[this.#marks[seat]];
      this.#painter.paintOwnSeat(context, view, seat, look);
    }
    if (this.#alpha > 0) this.#paintPins(context, view);
    if (this.hovered >= 0) this.#painter.paintHighlight(context, view, this.hovered);
    if (this.focused >= 0) this.#painter.paintFocus(context, view, this.focused);
    if (this.band !== null) paintBand(context, this.band, this.#theme);
    if (this.faults.length > 0) paintFaults(context, this.faults, view, this.#theme);
  }

  /**
   * @param {CanvasRenderingContext2D} context in CSS pixels
   * @param {View} view
   */
  #paintPins(context, view) {
    this.#pins ??= pinsOf(this.#plan, this.sections, (seat) => {
      return this.#marks[seat] !== SeatMark.NONE || this.#chosen[seat] !== 0;
    });
    if (this.#pins.length === 0) return;
    context.globalAlpha = this.#alpha;
    paintPins(context, this.#pins, view, this.#theme);
    context.globalAlpha = 1;
  }

  /**
   * @param {CanvasRenderingContext2D} context in CSS pixels
   * @param {View} view
   * @param {import('./box.js').Box[] | null} boxes CSS pixels, null for all
   * @returns {Generator<void, void, void>}
   */
  *#paintTile(context, view, boxes) {
    paintAreas(context, this.#plan.areas, view, this.#theme);
    yield;
    const reach = OWN_RADIUS_PX_MIN + HIGHLIGHT_PX;
    const planBoxes = boxes?.map((box) => view.toPlanBox(grown(box, reach)));
    this.#sorter.sort(planBoxes ?? [view.visibleBox()], this.#statuses, this.#marks);
    yield;
    paintRowNumbers(context, this.#plan, view, this.#theme);
    yield;
    yield* this.#painter.paint(context, view);
    if (this.#hasChosen) this.#painter.paintChosen(context, view, this.#chosen);
  }
}
