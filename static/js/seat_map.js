/**
 * `<seat-map show="42">`: a show's live seats on a canvas. Click to hold, click again to give back.
 *
 * Attributes
 *   show    number of the show
 *   server  origin of the server; the page's own by default
 *   mode    `buyer` (default): a click holds or gives back; `staff`: a click only selects
 *   lang    language of the words, `en` or `de`; the reader's own by default
 * and, written by the element: `freshness` (`live`, `catching_up`, `stale`).
 *
 * Properties
 *   session        what is shown, for pages that put a basket or a list beside it; or null
 *   access         {token, store}: who looks, when it is not this browser's buyer; set it before
 *                  `show` (see show_session.js)
 *   selectionMode  'none' | 'click' | 'rectangle' | 'row'; 'click' at first when mode="staff".
 *                  click: a seat in or out. row: its whole row in or out. rectangle: a drag chooses
 *                  what it frames (with Shift or Alt it gives it up), a click is one seat; the
 *                  middle button, the wheel, two fingers and the small map still move the plan
 *   selected       Set of chosen seat indexes, to read; assign any iterable to choose others
 *   plan           the SeatPlan that is drawn, or null
 *
 * Methods
 *   showPlan(document)            draw a plan without a show, as before it is stored. Returns what
 *                                 had to be left out, [{x, y, text}]; also takes null: nothing
 *   showMarks([{x, y, text}])     point at places of the plan (plan units), as at its faults; [] ends
 *   lookAt(seats)                 bring seats into view
 *   fit()                         show the whole plan
 *
 * Events (they bubble and leave shadow trees)
 *   session          `session` is another one
 *   plan             `plan` has come
 *   freshness        detail: {state: 'live' | 'catching_up' | 'stale', since: ms since 1970 | null}
 *   seat-toggle      cancelable, before a click holds or gives back; detail: {seat, label, name}
 *   seat-hover       detail: {seat} under the pointer or the keyboard's focus; -1 for none
 *   selectionchange  detail: {selected: Set, added: [], removed: []} of seat indexes
 *   hold-change      the buyer's own seats changed; detail: {seats: [], total, booking}
 */

import { PrefixStore } from './prefix_store.js';
import { openKeyStore } from './key_store.js';
import { MapKeys } from './map_keys.js';
import { MapView } from './map_view.js';
import { Minimap } from './minimap.js';
import { drawable } from './drawable_plan.js';
import { SeatPlan } from './plan.js';
import { makeHint, makeParts } from './seat_map_parts.js';
import { writeMarks } from './seat_marks.js';
import { SeatSelection } from './seat_selection.js';
import { SeatTip } from './seat_tip.js';
import { seatWords, sectionWords } from './seat_words.js';
import { freshnessWords, problemWords } from './sentences.js';
import { ShowSession } from './show_session.js';
import { speak, t } from './texts.js';
import { readTheme } from './theme.js';

/** @typedef {import('./seat_selection.js').SelectionMode} SelectionMode */
/** @typedef {import('./map_scene.js').Fault} Fault */

export class SeatMap extends HTMLElement {
  static observedAttributes = ['show', 'server'];

  /** Who looks, when it is not this browser's buyer; counts from the next `show` on.
   * @type {import('./show_session.js').Access | undefined} */
  access = undefined;

  /** @type {ShowSession | null} */
  #session = null;
  /** @type {SeatPlan | null} */
  #plan = null;
  /** @type {MapView | null} */
  #view = null;
  /** @type {Minimap | null} */
  #minimap = null;
  /** @type {MapKeys | null} */
  #keys = null;
  #marks = new Uint8Array(0);
  #chosen = new Uint8Array(0);
  #selection = new SeatSelection();
  #isModeSet = false;
  /** Seat or section that the tip is about, -1 for none. */
  #hovered = -1;
  #hoveredSection = -1;
  #parts;
  #tip;
  /** Ends with the show. */
  #listening = new AbortController();
  /** Ends with the plan. */
  #drawing = new AbortController();

  constructor() {
    super();
    const language = this.getAttribute('lang');
    if (language) speak(language);
    this.#parts = makeParts();
    this.#tip = new SeatTip(this.#parts.tip);
    this.attachShadow({ mode: 'open' }).append(...Object.values(this.#parts), makeHint());
    this.#selection.addEventListener('change', (event) => {
      this.#showChosen(/** @type {CustomEvent} */ (event).detail);
    });
  }

  /** What is shown; null without a show. */
  get session() {
    return this.#session;
  }

  /** The plan that is drawn, or null. */
  get plan() {
    return this.#plan;
  }

  /** @returns {SelectionMode} */
  get selectionMode() {
    if (this.#isModeSet) return this.#selection.mode;
    return this.getAttribute('mode') === 'staff' ? 'click' : 'none';
  }

  set selectionMode(mode) {
    this.#isModeSet = true;
    this.#selection.mode = mode;
  }

  /** The chosen seat indexes, to read. @returns {Set<number>} */
  get selected() {
    return this.#selection.seats;
  }

  /** @param {Iterable<number>} seats */
  set selected(seats) {
    this.#selection.replace(seats);
  }

  /** Show the whole plan. */
  fit() {
    this.#view?.fit();
  }

  /**
   * Bring seats into view.
   *
   * @param {Iterable<number>} seats
   */
  lookAt(seats) {
    this.#view?.lookAt(seats);
  }

  /**
   * Draw a plan without a show. Returns what could not be drawn as it is.
   *
   * @param {unknown} document a seating plan, faults and all; null for none
   * @returns {Fault[]}
   */
  showPlan(document) {
    this.#close();
    if (document === null) return [];
    const { plan, faults } = drawable(document);
    this.#listening = new AbortController();
    this.#draw(new SeatPlan(plan));
    this.#showWords();
    return faults;
  }

  /**
   * Point at places of the plan; an empty list ends it.
   *
   * @param {Fault[]} faults
   */
  showMarks(faults) {
    if (this.#view === null) return;
    this.#view.scene.faults = faults;
    this.#view.redraw();
  }

  connectedCallback() {
    this.#open();
  }

  disconnectedCallback() {
    this.#close();
  }

  attributeChangedCallback() {
    if (!this.isConnected) return;
    this.#close();
    this.#open();
  }

  #open() {
    const showId = Number(this.getAttribute('show'));
    if (!Number.isInteger(showId) || showId < 1) return;
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    const server = new URL(this.getAttribute('server') || '/', location.href).origin;
    const session = new ShowSession(server, showId, this.access ?? accessTo(server));
    this.#session = session;
    session.on('plan', () => session.plan && this.#draw(session.plan), signal);
    session.on('show', () => this.#describe(), signal);
    session.on('problem', () => this.#showWords(), signal);
    session.sync.on('seats', (changes) => this.#showSeats(changes), signal);
    session.sync.on('freshness', () => this.#showFreshness(), signal);
    session.holding.on('change', () => this.#showOwn(), signal);
    this.#showWords();
    this.#showFreshness();
    session.start();
    this.#tell('session');
  }

  #close() {
    this.#listening.abort();
    this.#drawing.abort();
    this.#session?.stop();
    this.#view = this.#session = this.#minimap = this.#keys = this.#plan = null;
    this.#hovered = this.#hoveredSection = -1;
    this.#tip.hide();
    this.#parts.minimap.hidden = true;
    this.#selection.replace([]);
    // Another show must not begin with the picture of this one.
    this.#parts.canvas.width = 0;
  }

  /** @param {SeatPlan} plan */
  #draw(plan) {
    this.#drawing.abort();
    this.#drawing = new AbortController();
    const { signal } = this.#drawing;
    this.#plan = plan;
    this.#marks = new Uint8Array(plan.count);
    this.#chosen = new Uint8Array(plan.count);
    const theme = readTheme(this);
    const view = new MapView({
      canvas: this.#parts.canvas,
      plan,
      theme,
      marks: this.#marks,
      chosen: this.#chosen,
      actions: {
        pick: (seat) => this.#pick(seat),
        hover: (seat, at) => this.#hover(seat, -1, at),
        hoverSection: (section, at) => this.#hover(-1, section, at),
        leave: () => this.#hover(-1, -1),
        focus: (seat) => this.#focus(seat),
        hasBand: () => this.selectionMode === 'rectangle',
        frame: (box, how) => this.#selection.drag(plan, box, how),
        move: () => this.#minimap?.follow(),
      },
    });
    this.#view = view;
    signal.addEventListener('abort', () => view.stop());
    this.#minimap = new Minimap(this.#parts.minimap, plan, view, theme, signal);
    this.#followKeys(signal);
    this.#followTheme(signal);
    this.#parts.buttons.addEventListener('click', (event) => this.#press(event), { signal });
    this.#showSeats(null);
    this.#showOwn();
    this.#showWords();
    this.#tell('plan');
  }

  /**
   * Do what a click on a seat means.
   *
   * @param {number} seat
   */
  #pick(seat) {
    const plan = /** @type {SeatPlan} */ (this.#plan);
    this.#selection.mode = this.selectionMode;
    if (this.selectionMode !== 'none') return this.#selection.click(plan, seat);
    if (this.#session === null || this.getAttribute('mode') === 'staff') return;
    const detail = { seat, label: plan.labels[seat], name: plan.nameOf(seat) };
    if (this.#tell('seat-toggle', detail, true)) this.#session.toggle(seat);
  }

  /** @param {[number, number][] | null} changes null for all seats */
  #showSeats(changes) {
    // A plan without a show is one whose seats are all still to be sold.
    const statuses = this.#session?.sync.statuses ?? new Uint8Array(this.#plan?.count ?? 0);
    this.#view?.showStatuses(statuses, changes);
    this.#minimap?.touch();
    this.#describe();
    this.#fillTip();
    this.#sayFocus();
  }

  #showOwn() {
    const { holding } = this.#session ?? {};
    if (holding === undefined) return;
    writeMarks(this.#marks, {
      held: holding.seats,
      changing: holding.changing.keys(),
      booked: holding.booking?.seats ?? [],
    });
    this.#view?.scene.showMarks();
    this.#view?.redraw();
    this.#fillTip();
    this.#sayFocus();
    const { seats, total, booking } = holding;
    this.#tell('hold-change', { seats: [...seats], total, booking });
  }

  /** @param {{selected: Set<number>, added: number[], removed: number[]}} detail */
  #showChosen(detail) {
    for (const seat of detail.added) this.#chosen[seat] = 1;
    for (const seat of detail.removed) this.#chosen[seat] = 0;
    const hasChosen = detail.selected.size > 0;
    this.#view?.scene.showChosen([...detail.added, ...detail.removed], hasChosen);
    this.#view?.redraw();
    this.#tell('selectionchange', detail);
  }

  #showFreshness() {
    const { freshness } = /** @type {ShowSession} */ (this.#session).sync;
    this.setAttribute('freshness', freshness.state);
    this.#parts.freshness.textContent = freshnessWords(freshness);
    this.#fillTip();
    this.#tell('freshness', freshness);
  }

  #showWords() {
    const problem = this.#session?.problem ?? null;
    const waiting = this.#plan === null ? t('map.loading') : '';
    this.#parts.words.textContent = problem === null ? waiting : problemWords(problem);
    // Where there is no show there is nothing to be fresh or to be moved.
    this.#parts.buttons.hidden = problem?.kind === 'no_show';
    this.#parts.freshness.hidden = problem?.kind === 'no_show' || this.#session === null;
  }

  /** Say in words what the picture shows. */
  #describe() {
    const { show, sync } = this.#session ?? {};
    let words = this.#plan?.name ?? '';
    if (show && sync) {
      words = t('map.label', { title: show.title, free: sync.counts[0], count: show.count });
    }
    this.#parts.canvas.setAttribute('aria-label', words);
  }

  /**
   * @param {number} seat
   * @param {number} section
   * @param {{x: number, y: number}} [at]
   */
  #hover(seat, section, at) {
    if (seat !== this.#hovered) this.#tell('seat-hover', { seat });
    this.#hovered = seat;
    this.#hoveredSection = section;
    if (seat < 0 && section < 0) this.#tip.hide();
    else this.#fillTip(at);
  }

  /** @param {{x: number, y: number}} [at] */
  #fillTip(at) {
    if (this.#plan === null || this.#view === null) return;
    if (this.#hovered >= 0) this.#tip.show(this.#wordsOf(this.#hovered), at);
    else if (this.#hoveredSection >= 0) {
      const { sections, counts } = this.#view.scene;
      const free = counts.isKnown ? counts.freeIn(this.#hoveredSection) : null;
      const section = sections[this.#hoveredSection];
      this.#tip.show(sectionWords(this.#plan, section, free, this.#session), at);
    }
  }

  /** @param {number} seat */
  #wordsOf(seat) {
    const plan = /** @type {SeatPlan} */ (this.#plan);
    return seatWords(plan, seat, this.#marks[seat], this.#session);
  }

  /** @param {AbortSignal} signal */
  #followKeys(signal) {
    const view = () => /** @type {MapView} */ (this.#view);
    const actions = {
      move: (/** @type {import('./neighbours.js').Direction} */ where) => view().moveFocus(where),
      choose: () => view().scene.focused >= 0 && this.#pick(view().scene.focused),
      zoom: (/** @type {'in' | 'out' | 'fit'} */ how) => this.#zoom(how),
      enter: () => view().moveFocus(),
      leave: () => view().focusOn(-1),
    };
    this.#keys = new MapKeys(this.#parts.canvas, this.#parts.said, actions, signal);
  }

  /** @param {number} seat */
  #focus(seat) {
    this.#sayFocus();
    this.#tell('seat-hover', { seat });
  }

  /** Say the seat with the keyboard's focus, and what becomes of it while it has it. */
  #sayFocus() {
    const seat = this.#view?.scene.focused ?? -1;
    if (seat < 0) return;
    const { title, line } = this.#wordsOf(seat);
    this.#keys?.say(`${title}: ${line}`);
  }

  /** @param {Event} event */
  #press({ target }) {
    const how = /** @type {HTMLElement} */ (target).closest('button')?.dataset.do;
    this.#zoom(/** @type {'in' | 'out' | 'fit' | undefined} */ (how));
  }

  /** @param {'in' | 'out' | 'fit' | undefined} how */
  #zoom(how) {
    if (how === 'fit') this.#view?.fit();
    else if (how !== undefined) this.#view?.zoom(how);
  }

  /** @param {AbortSignal} signal */
  #followTheme(signal) {
    const reread = () => {
      const theme = readTheme(this);
      this.#view?.scene.showTheme(theme);
      this.#view?.redraw();
      this.#minimap?.showTheme(theme);
    };
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', reread, { signal });
    // The colours stand in the style sheet, which may come after the plan.
    this.#parts.style.addEventListener('load', reread, { signal });
  }

  /**
   * Dispatch an event to the page. Returns false when somebody prevented it.
   *
   * @param {string} type
   * @param {unknown} [detail]
   * @param {boolean} [cancelable]
   */
  #tell(type, detail, cancelable = false) {
    const options = { detail, cancelable, bubbles: true, composed: true };
    return this.dispatchEvent(new CustomEvent(type, options));
  }
}

/**
 * Return where a buyer's token and holds at another server are kept, apart from those of this page.
 *
 * @param {string} server
 */
function accessTo(server) {
  if (server === location.origin) return undefined;
  return { store: new PrefixStore(openKeyStore(), `${server} `) };
}
