/**
 * `<seat-map show="42">`: a show's live seats on a canvas. Click to hold, click again to give back.
 *
 * Attributes: `show` (its number), `server` (origin, the page's own by default). The element says
 * how fresh its picture is, in words and in its `freshness` attribute. `session` is what it shows,
 * for pages that put a basket or a list beside it.
 *
 * Events:
 *   session  `session` is another one
 */

import { MapView } from './map_view.js';
import { SeatMark, writeMarks } from './seat_marks.js';
import { ShowSession } from './show_session.js';
import {
  MAP_WORDS,
  STATUS_WORDS,
  freshnessWords,
  money,
  problemWords,
  wholeNumber,
} from './texts.js';
import { readTheme } from './theme.js';

const STYLE_URL = new URL('../css/seat_map.css', import.meta.url).href;

const TEMPLATE = document.createElement('template');
TEMPLATE.innerHTML = `
  <link rel="stylesheet" href="${STYLE_URL}">
  <canvas role="img"></canvas>
  <p class="words" role="status"></p>
  <p class="freshness" role="status"></p>
  <div class="buttons">
    ${button('in', '+', MAP_WORDS.zoomIn)}
    ${button('out', '−', MAP_WORDS.zoomOut)}
    ${button('fit', '⤢', MAP_WORDS.fit)}
  </div>
  <div class="tip" hidden>
    <strong></strong>
    <span></span>
  </div>
`;

export class SeatMap extends HTMLElement {
  static observedAttributes = ['show', 'server'];

  /** @type {ShowSession | null} */
  #session = null;
  /** @type {MapView | null} */
  #view = null;
  #marks = new Uint8Array(0);
  #hovered = -1;
  #listening = new AbortController();
  #root = this.attachShadow({ mode: 'open' });

  constructor() {
    super();
    this.#root.append(TEMPLATE.content.cloneNode(true));
  }

  /** What is shown; null without a show. */
  get session() {
    return this.#session;
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
    const session = new ShowSession(this.getAttribute('server') || location.origin, showId);
    this.#session = session;
    session.on('plan', () => this.#showPlan(), signal);
    session.on('show', () => this.#describe(), signal);
    session.on('problem', () => this.#showWords(), signal);
    session.sync.on('seats', (changes) => this.#showSeats(changes), signal);
    session.sync.on('freshness', () => this.#showFreshness(), signal);
    session.holding.on('change', () => this.#showOwn(), signal);
    this.#part('.buttons').addEventListener('click', (event) => this.#press(event), { signal });
    this.#followTheme(signal);
    this.#showWords();
    this.#showFreshness();
    session.start();
    this.dispatchEvent(new Event('session'));
  }

  #close() {
    this.#listening.abort();
    this.#view?.stop();
    this.#session?.stop();
    this.#view = this.#session = null;
    // Another show must not begin with the picture of this one.
    /** @type {HTMLCanvasElement} */ (this.#part('canvas')).width = 0;
  }

  #showPlan() {
    const { plan, sync } = /** @type {ShowSession} */ (this.#session);
    if (plan === null) return;
    this.#view?.stop();
    this.#marks = new Uint8Array(plan.count);
    this.#view = new MapView({
      canvas: /** @type {HTMLCanvasElement} */ (this.#part('canvas')),
      plan,
      theme: readTheme(this),
      marks: this.#marks,
      actions: {
        pick: (seat) => this.#session?.toggle(seat),
        hover: (seat, at) => this.#showTip(seat, at),
        leave: () => this.#hideTip(),
      },
    });
    this.#view.showStatuses(sync.statuses, null);
    this.#showOwn();
    this.#showWords();
    this.#describe();
  }

  /** @param {[number, number][] | null} changes null for all seats */
  #showSeats(changes) {
    this.#view?.showStatuses(/** @type {ShowSession} */ (this.#session).sync.statuses, changes);
    this.#describe();
    this.#fillTip();
  }

  #showOwn() {
    const { holding } = /** @type {ShowSession} */ (this.#session);
    writeMarks(this.#marks, {
      held: holding.seats,
      changing: holding.changing.keys(),
      booked: holding.booking?.seats ?? [],
    });
    this.#view?.redraw();
    this.#fillTip();
  }

  #showFreshness() {
    const { freshness } = /** @type {ShowSession} */ (this.#session).sync;
    this.setAttribute('freshness', freshness.state);
    this.#part('.freshness').textContent = freshnessWords(freshness);
    this.#fillTip();
  }

  #showWords() {
    const { problem, plan } = /** @type {ShowSession} */ (this.#session);
    const waiting = plan === null ? MAP_WORDS.loading : '';
    this.#part('.words').textContent = problem === null ? waiting : problemWords(problem);
    // Where there is no show there is nothing to be fresh or to be moved.
    this.#part('.freshness').hidden = this.#part('.buttons').hidden = problem?.kind === 'no_show';
  }

  /** Say in words what the picture shows. */
  #describe() {
    const { show, sync } = /** @type {ShowSession} */ (this.#session);
    if (show === null) return;
    const free = wholeNumber(sync.counts[0]);
    const words = `Seating plan of ${show.title}: ${free} of ${wholeNumber(show.count)} seats free`;
    this.#part('canvas').setAttribute('aria-label', words);
  }

  /**
   * @param {number} seat
   * @param {{x: number, y: number}} at
   */
  #showTip(seat, at) {
    this.#hovered = seat;
    this.#fillTip();
    const tip = this.#part('.tip');
    tip.hidden = false;
    const room = this.clientWidth - tip.offsetWidth - 4;
    const x = Math.min(Math.max(at.x - tip.offsetWidth / 2, 4), Math.max(room, 4));
    const above = at.y - tip.offsetHeight - 8;
    tip.style.transform = `translate(${x}px, ${above > 4 ? above : at.y + 40}px)`;
  }

  #fillTip() {
    const { plan, show } = this.#session ?? {};
    if (this.#hovered < 0 || !plan) return;
    const seat = this.#hovered;
    const price = this.#session?.priceOf(seat);
    const parts = [plan.categories[plan.category[seat]].name];
    if (show && price !== undefined) parts.push(money(price, show.currency));
    parts.push(this.#statusOf(seat));
    this.#part('.tip strong').textContent = plan.nameOf(seat);
    this.#part('.tip span').textContent = parts.join(' · ');
  }

  #hideTip() {
    this.#hovered = -1;
    this.#part('.tip').hidden = true;
  }

  /** @param {number} seat */
  #statusOf(seat) {
    const mark = this.#marks[seat];
    if (mark === SeatMark.CHANGING) return MAP_WORDS.changing;
    if (mark === SeatMark.OWN) return MAP_WORDS.yours;
    if (mark === SeatMark.OWN_BOOKED) return MAP_WORDS.yoursBooked;
    const { statuses, freshness } = /** @type {ShowSession} */ (this.#session).sync;
    if (statuses[seat] === undefined) return MAP_WORDS.unknown;
    const words = STATUS_WORDS[statuses[seat]];
    return freshness.state === 'live' ? words : MAP_WORDS.lastKnown(words);
  }

  /** @param {Event} event */
  #press({ target }) {
    const what = /** @type {HTMLElement} */ (target).closest('button')?.dataset.do;
    if (what === 'fit') this.#view?.fit();
    else if (what === 'in' || what === 'out') this.#view?.zoom(what);
  }

  /** @param {AbortSignal} signal */
  #followTheme(signal) {
    const reread = () => this.#view?.showTheme(readTheme(this));
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', reread, { signal });
    // The colours stand in the style sheet, which may come after the plan.
    this.#part('link').addEventListener('load', reread, { signal });
  }

  /**
   * @param {string} selector of a part of the template
   * @returns {HTMLElement}
   */
  #part(selector) {
    return /** @type {HTMLElement} */ (this.#root.querySelector(selector));
  }
}

/**
 * @param {string} action
 * @param {string} sign
 * @param {string} words
 */
function button(action, sign, words) {
  return `<button type="button" data-do="${action}" title="${words}" aria-label="${words}">
    ${sign}
  </button>`;
}
