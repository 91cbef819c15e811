/**
 * `<seat-map show="42">`: a show's live seats on a canvas. Click to hold, click again to give back.
 *
 * Attributes
 *   show    number of the show
 *   server  origin of the server; the one that this module came from by default
 *   mode    `buyer` (default): a click holds or gives back; `staff`: a click only selects
 *   lang    language of the words, `en` or `de`, for all maps of the page; the reader's own by default
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
 *   showPlan(document)            draw a plan without a show, as before it is stored, until `show` is
 *                                 set. Returns what had to be left out, [{x, y, text}]; also takes
 *                                 null: nothing
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

import { drawable } from './drawable_plan.js';
import { openKeyStore } from './key_store.js';
import { SeatPlan } from './plan.js';
import { PlanOnMap } from './plan_on_map.js';
import { PrefixStore } from './prefix_store.js';
import { makeHint, makeParts } from './seat_map_parts.js';
import { SeatSelection } from './seat_selection.js';
import { freshnessWords, problemWords } from './sentences.js';
import { ShowSession } from './show_session.js';
import { applyTexts, speak, t } from './texts.js';

/** @typedef {import('./seat_selection.js').SelectionMode} SelectionMode */
/** @typedef {import('./map_scene.js').Fault} Fault */

/** Where this module came from. */
const HOME = new URL(import.meta.url).origin;

export class SeatMap extends HTMLElement {
  static observedAttributes = ['show', 'server', 'lang'];

  /** Who looks, when it is not this browser's buyer; counts from the next `show` on.
   * @type {import('./show_session.js').Access | undefined} */
  access = undefined;

  /** @type {ShowSession | null} */
  #session = null;
  /** @type {PlanOnMap | null} */
  #drawn = null;
  /** What was given to be drawn without a show. @type {{plan: SeatPlan, marks: Fault[]} | null} */
  #given = null;
  #selection = new SeatSelection();
  #isModeSet = false;
  #isPlaced = false;
  #parts;
  /** Ends with the show. */
  #listening = new AbortController();

  constructor() {
    super();
    this.#parts = makeParts();
    const shadow = this.attachShadow({ mode: 'open' });
    shadow.append(...Object.values(this.#parts), makeHint());
    applyTexts(shadow);
    this.#selection.addEventListener('change', (event) => {
      const { detail } = /** @type {CustomEvent} */ (event);
      this.#drawn?.showChosen(detail);
      this.#tell('selectionchange', detail);
    });
  }

  /** What is shown; null without a show. */
  get session() {
    return this.#session;
  }

  /** The plan that is drawn, or null. */
  get plan() {
    return this.#drawn?.plan ?? null;
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
    this.#drawn?.fit();
  }

  /**
   * Bring seats into view.
   *
   * @param {Iterable<number>} seats
   */
  lookAt(seats) {
    this.#drawn?.lookAt(seats);
  }

  /**
   * Draw a plan without a show. Returns what could not be drawn as it is.
   *
   * @param {unknown} document a seating plan, faults and all; null for none
   * @returns {Fault[]}
   */
  showPlan(document) {
    this.#close();
    this.#given = null;
    if (document === null) return [];
    const { plan, faults } = drawable(document);
    this.#given = { plan: new SeatPlan(plan), marks: [] };
    this.#drawGiven(this.#given);
    return faults;
  }

  /**
   * Point at places of the plan; an empty list ends it.
   *
   * @param {Fault[]} faults
   */
  showMarks(faults) {
    if (this.#given !== null) this.#given.marks = faults;
    this.#drawn?.showFaults(faults);
  }

  connectedCallback() {
    // Its plan may have come before there was a page around it, or when it was elsewhere on it.
    this.#close();
    this.#isPlaced = true;
    if (this.#given !== null) this.#drawGiven(this.#given);
    else this.#open();
  }

  disconnectedCallback() {
    this.#isPlaced = false;
    this.#close();
  }

  /** @param {string} name */
  attributeChangedCallback(name) {
    if (name === 'lang') return this.#speak();
    this.#given = null;
    // An element that was on the page before this module hears of its attributes first.
    if (!this.#isPlaced) return;
    this.#close();
    this.#open();
  }

  /** Write every word anew, in the language that the element names. */
  #speak() {
    speak(this.getAttribute('lang') ?? '');
    applyTexts(/** @type {ShadowRoot} */ (this.shadowRoot));
    this.#showWords();
    this.#describe();
    if (this.#session !== null) this.#showFreshness();
    this.#drawn?.refreshWords();
  }

  #open() {
    const showId = Number(this.getAttribute('show'));
    if (!Number.isInteger(showId) || showId < 1) return;
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    const server = new URL(this.getAttribute('server') || HOME, HOME).origin;
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
    this.#session?.stop();
    this.#drawn?.stop();
    this.#session = this.#drawn = null;
    this.#parts.minimap.hidden = true;
    this.#selection.replace([]);
    // Another show must not begin with the picture or the name of this one.
    this.#parts.canvas.width = 0;
    this.#parts.canvas.removeAttribute('aria-label');
  }

  /** @param {{plan: SeatPlan, marks: Fault[]}} given */
  #drawGiven({ plan, marks }) {
    this.#listening = new AbortController();
    this.#draw(plan);
    this.#drawn?.showFaults(marks);
  }

  /** @param {SeatPlan} plan */
  #draw(plan) {
    this.#drawn?.stop();
    this.#drawn = new PlanOnMap(this, this.#parts, plan, this.#session, {
      pick: (seat) => this.#pick(plan, seat),
      attend: (seat) => this.#tell('seat-hover', { seat }),
      hasBand: () => this.selectionMode === 'rectangle',
      frame: (box, how) => this.#selection.drag(plan, box, how),
    });
    this.#describe();
    this.#showWords();
    this.#tell('plan');
  }

  /**
   * Do what a click on a seat means.
   *
   * @param {SeatPlan} plan
   * @param {number} seat
   */
  #pick(plan, seat) {
    this.#selection.mode = this.selectionMode;
    if (this.selectionMode !== 'none') return this.#selection.click(plan, seat);
    if (this.#session === null || this.getAttribute('mode') === 'staff') return;
    const detail = { seat, label: plan.labels[seat], name: plan.nameOf(seat) };
    if (this.#tell('seat-toggle', detail, true)) this.#session.toggle(seat);
  }

  /** @param {[number, number][] | null} changes null for all seats */
  #showSeats(changes) {
    this.#drawn?.showSeats(changes);
    this.#describe();
  }

  #showOwn() {
    this.#drawn?.showOwn();
    const { seats, total, booking } = /** @type {ShowSession} */ (this.#session).holding;
    this.#tell('hold-change', { seats: [...seats], total, booking });
  }

  #showFreshness() {
    const { freshness } = /** @type {ShowSession} */ (this.#session).sync;
    this.setAttribute('freshness', freshness.state);
    this.#parts.freshness.textContent = freshnessWords(freshness);
    this.#drawn?.refreshWords();
    this.#tell('freshness', freshness);
  }

  #showWords() {
    const problem = this.#session?.problem ?? null;
    const waiting = this.#drawn === null ? t('map.loading') : '';
    this.#parts.words.textContent = problem === null ? waiting : problemWords(problem);
    // Where there is no show there is nothing to be fresh or to be moved.
    this.#parts.buttons.hidden = problem?.kind === 'no_show';
    this.#parts.freshness.hidden = problem?.kind === 'no_show' || this.#session === null;
  }

  /** Say in words what the picture shows. */
  #describe() {
    const { canvas } = this.#parts;
    // Some screen readers read the name of what has the focus whenever it changes.
    if (canvas.matches(':focus') && canvas.hasAttribute('aria-label')) return;
    const { show, sync } = this.#session ?? {};
    let words = this.#drawn?.plan.name ?? '';
    if (show && sync) {
      words = t('map.label', { title: show.title, free: sync.counts[0], count: show.count });
    }
    canvas.setAttribute('aria-label', words);
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
