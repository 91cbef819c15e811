/**
 * One plan on a <seat-map>: its view, small map, keys and tip, brought together with the show that
 * it belongs to. It ends with the plan.
 */

import { MapKeys } from './map_keys.js';
import { MapView } from './map_view.js';
import { Minimap } from './minimap.js';
import { writeMarks } from './seat_marks.js';
import { SeatTip } from './seat_tip.js';
import { seatWords, sectionWords } from './seat_words.js';
import { readTheme } from './theme.js';

/** @typedef {import('./plan.js').SeatPlan} SeatPlan */
/** @typedef {import('./show_session.js').ShowSession} ShowSession */
/** @typedef {'in' | 'out' | 'fit'} Zoom */

/**
 * @typedef {object} PlanActions
 * @property {(seat: number) => void} pick
 * @property {(seat: number) => void} attend the pointer or the keyboard is on a seat, or on none (-1)
 * @property {() => boolean} hasBand whether a drag frames seats
 * @property {(box: import('./box.js').Box, how: 'add' | 'remove') => void} frame
 */

export class PlanOnMap {
  #plan;
  #session;
  #element;
  #actions;
  #view;
  #minimap;
  #keys;
  #tip;
  #marks;
  #chosen;
  /** Seat or section that the tip is about, -1 for none. */
  #hovered = -1;
  #hoveredSection = -1;
  #drawing = new AbortController();

  /**
   * @param {HTMLElement} element whose colours are taken
   * @param {import('./seat_map_parts.js').Parts} parts
   * @param {SeatPlan} plan
   * @param {ShowSession | null} session null for a plan without a show
   * @param {PlanActions} actions
   */
  constructor(element, parts, plan, session, actions) {
    const { signal } = this.#drawing;
    this.#element = element;
    this.#plan = plan;
    this.#session = session;
    this.#actions = actions;
    this.#marks = new Uint8Array(plan.count);
    this.#chosen = new Uint8Array(plan.count);
    this.#tip = new SeatTip(parts.tip);
    const theme = readTheme(element);
    this.#view = new MapView({
      canvas: parts.canvas,
      plan,
      theme,
      marks: this.#marks,
      chosen: this.#chosen,
      actions: {
        pick: actions.pick,
        hover: (seat, at) => this.#hover(seat, -1, at),
        hoverSection: (section, at) => this.#hover(-1, section, at),
        leave: () => this.#hover(-1, -1),
        focus: (seat) => this.#focus(seat),
        hasBand: actions.hasBand,
        frame: actions.frame,
        move: () => this.#minimap.follow(),
      },
    });
    this.#minimap = new Minimap(parts.minimap, plan, this.#view, theme, signal);
    this.#keys = new MapKeys(parts.canvas, parts.said, this.#keyActions(), signal);
    const press = (/** @type {Event} */ event) => this.#press(event);
    parts.buttons.addEventListener('click', press, { signal });
    this.#followTheme(parts.style, signal);
    this.showSeats(null);
    this.showOwn();
    // Not in the next frame: the page may bring a seat into view as soon as the plan is there.
    this.#view.measure();
  }

  get plan() {
    return this.#plan;
  }

  /** Stop drawing and listening. */
  stop() {
    this.#drawing.abort();
    this.#view.stop();
    this.#tip.hide();
  }

  /** Show the whole plan. */
  fit() {
    this.#view.fit();
  }

  /**
   * Bring seats into view.
   *
   * @param {Iterable<number>} seats
   */
  lookAt(seats) {
    this.#view.lookAt(seats);
  }

  /** @param {[number, number][] | null} changes null for all seats */
  showSeats(changes) {
    // Without a show every seat is free, which shows its category's colour.
    const statuses = this.#session?.sync.statuses ?? new Uint8Array(this.#plan.count);
    this.#view.showStatuses(statuses, changes);
    this.#minimap.touch();
    this.refreshWords();
  }

  /** The buyer's own seats have changed. */
  showOwn() {
    const { holding } = this.#session ?? {};
    if (holding === undefined) return;
    writeMarks(this.#marks, {
      held: holding.seats,
      changing: holding.changing.keys(),
      booked: holding.booking?.seats ?? [],
    });
    this.#view.scene.showMarks();
    this.#view.redraw();
    this.refreshWords();
  }

  /**
   * Other seats are chosen.
   *
   * @param {{selected: Set<number>, added: number[], removed: number[]}} change
   */
  showChosen({ selected, added, removed }) {
    for (const seat of added) this.#chosen[seat] = 1;
    for (const seat of removed) this.#chosen[seat] = 0;
    this.#view.scene.showChosen([...added, ...removed], selected.size > 0);
    this.#view.redraw();
  }

  /** @param {import('./map_scene.js').Fault[]} faults */
  showFaults(faults) {
    this.#view.scene.faults = faults;
    this.#view.redraw();
  }

  /** What is said of seats may have changed: say it anew. */
  refreshWords() {
    this.#fillTip();
    this.#sayFocus();
  }

  /**
   * @param {number} seat
   * @param {number} section
   * @param {{x: number, y: number}} [at]
   */
  #hover(seat, section, at) {
    if (seat !== this.#hovered) this.#actions.attend(seat);
    this.#hovered = seat;
    this.#hoveredSection = section;
    if (seat < 0 && section < 0) this.#tip.hide();
    else this.#fillTip(at);
  }

  /** @param {{x: number, y: number}} [at] */
  #fillTip(at) {
    if (this.#hovered >= 0) this.#tip.show(this.#wordsOf(this.#hovered), at);
    else if (this.#hoveredSection >= 0) {
      const { sections, counts } = this.#view.scene;
      const free = this.#session && counts.isKnown ? counts.freeIn(this.#hoveredSection) : null;
      const section = sections[this.#hoveredSection];
      this.#tip.show(sectionWords(this.#plan, section, free, this.#session), at);
    }
  }

  /** @param {number} seat */
  #wordsOf(seat) {
    return seatWords(this.#plan, seat, this.#marks[seat], this.#session);
  }

  /** @param {number} seat */
  #focus(seat) {
    this.#sayFocus();
    this.#actions.attend(seat);
  }

  /** Say the seat with the keyboard's focus, and what becomes of it while it has it. */
  #sayFocus() {
    const seat = this.#view.scene.focused;
    if (seat < 0) return;
    const { title, line } = this.#wordsOf(seat);
    this.#keys.say(`${title}: ${line}`);
  }

  /** @returns {import('./map_keys.js').KeyActions} */
  #keyActions() {
    const view = this.#view;
    return {
      move: (direction) => view.moveFocus(direction),
      choose: () => {
        if (view.scene.focused >= 0) this.#actions.pick(view.scene.focused);
      },
      zoom: (how) => this.#zoom(how),
      enter: () => view.moveFocus(),
      leave: () => view.focusOn(-1),
    };
  }

  /** @param {Event} event */
  #press({ target }) {
    const how = /** @type {HTMLElement} */ (target).closest('button')?.dataset.do;
    if (how !== undefined) this.#zoom(/** @type {Zoom} */ (how));
  }

  /** @param {Zoom} how */
  #zoom(how) {
    if (how === 'fit') this.#view.fit();
    else this.#view.zoom(how);
  }

  /**
   * @param {HTMLElement} style
   * @param {AbortSignal} signal
   */
  #followTheme(style, signal) {
    const reread = () => {
      const theme = readTheme(this.#element);
      this.#view.scene.showTheme(theme);
      this.#view.redraw();
      this.#minimap.showTheme(theme);
    };
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', reread, { signal });
    // The colours stand in the style sheet, which may come after the plan.
    style.addEventListener('load', reread, { signal });
  }
}
