/** The buyer's seats beside the map: list, total, time left, and what can be done. */

import { make } from './dom.js';
import { BASKET_WORDS, countdown, money } from './texts.js';

/** @typedef {import('./show_session.js').ShowSession} ShowSession */

const TICK_MS = 250;

/** From here on the time left is shown as a warning. */
const SOON_MS = 60_000;

export class Basket {
  #root;
  #session;

  /**
   * @param {HTMLElement} root
   * @param {ShowSession} session
   */
  constructor(root, session) {
    this.#root = root;
    this.#session = session;
  }

  /**
   * Follow the session until *signal* aborts.
   *
   * @param {AbortSignal} signal
   */
  start(signal) {
    const render = () => this.#render();
    this.#session.on('show', render, signal);
    this.#session.on('plan', render, signal);
    this.#session.holding.on('change', render, signal);
    const ticking = setInterval(() => this.#tick(), TICK_MS);
    signal.addEventListener('abort', () => clearInterval(ticking));
    render();
  }

  #render() {
    const { holding } = this.#session;
    const focused = /** @type {HTMLElement | null} */ (document.activeElement)?.dataset.key;
    const isEmpty = holding.seats.size === 0 && holding.changing.size === 0;
    this.#root.replaceChildren(
      ...(holding.booking === null ? [] : this.#bookingParts(holding.booking)),
      ...(isEmpty ? this.#hintParts() : this.#holdParts()),
    );
    this.#tick();
    // What had the focus was made anew; whoever goes by keyboard stays where they were.
    const again = focused && this.#root.querySelector(`[data-key="${focused}"]`);
    if (again) /** @type {HTMLElement} */ (again).focus();
  }

  #hintParts() {
    const { show, holding } = this.#session;
    if (holding.booking !== null || show === null) return [];
    const hint = show.status === 'on_sale' ? BASKET_WORDS.hint(show) : BASKET_WORDS.closedHint;
    return [make('h2', {}, BASKET_WORDS.title), make('p', { className: 'hint' }, hint)];
  }

  #holdParts() {
    const { holding } = this.#session;
    const seats = [...new Set([...holding.seats, ...holding.changing.keys()])].sort(
      (a, b) => a - b,
    );
    return [
      make(
        'div',
        { className: 'head' },
        make('h2', {}, BASKET_WORDS.title),
        make('span', { className: 'time', role: 'timer' }),
      ),
      make('ul', {}, ...seats.map((seat) => this.#row(seat))),
      make(
        'div',
        { className: 'foot' },
        totalLine(holding.seats.size, this.#totalWords()),
        this.#actions(),
      ),
    ];
  }

  /** @param {number} seat */
  #row(seat) {
    const { holding, plan } = this.#session;
    const change = holding.changing.get(seat);
    const name = plan?.nameOf(seat) ?? '…';
    const place = plan ? [plan.zoneOf(seat), plan.categories[plan.category[seat]].name] : [];
    const below = change ? BASKET_WORDS[change] : [...new Set(place)].filter(Boolean).join(' · ');
    return make(
      'li',
      {},
      make('span', {}, plan?.shortNameOf(seat) ?? name, make('span', { className: 'soft' }, below)),
      make('span', {}, this.#money(this.#session.priceOf(seat))),
      make(
        'button',
        {
          type: 'button',
          ariaLabel: BASKET_WORDS.remove(name),
          disabled: change !== undefined || holding.busy !== null,
          onclick: () => holding.remove(seat),
          dataset: { key: `seat-${seat}` },
        },
        '×',
      ),
    );
  }

  #actions() {
    const { holding } = this.#session;
    const isBlocked = holding.busy !== null || holding.changing.size > 0;
    const button = (
      /** @type {'extend' | 'release' | 'book'} */ action,
      /** @type {() => void} */ act,
    ) =>
      make(
        'button',
        {
          type: 'button',
          className: action === 'book' ? 'main' : '',
          disabled: isBlocked || holding.seats.size === 0,
          onclick: act,
          dataset: { key: action },
        },
        holding.busy === action ? BASKET_WORDS.busy[action] : BASKET_WORDS.action[action],
      );
    return make(
      'div',
      { className: 'actions' },
      button('extend', () => holding.extend()),
      button('release', () => holding.releaseAll()),
      button('book', () => holding.book()),
    );
  }

  /** @param {import('./hold_keeper.js').Booking} booking */
  #bookingParts(booking) {
    const { plan, holding } = this.#session;
    const names = plan === null ? [] : booking.seats.map((seat) => plan.nameOf(seat));
    return [
      make('h2', { className: 'done' }, BASKET_WORDS.booked),
      make('p', { className: 'soft' }, BASKET_WORDS.bookingId),
      make('code', {}, booking.booking),
      make('ul', {}, ...names.map((name) => make('li', {}, make('span', {}, name)))),
      totalLine(booking.seats.length, this.#money(booking.total)),
      make(
        'div',
        { className: 'actions' },
        make(
          'button',
          {
            type: 'button',
            className: 'main',
            onclick: () => holding.dismissBooking(),
            dataset: { key: 'dismiss' },
          },
          BASKET_WORDS.dismiss,
        ),
      ),
    ];
  }

  #totalWords() {
    const { holding } = this.#session;
    let total = holding.total;
    if (total === null) {
      total = 0;
      for (const seat of holding.seats) total += this.#session.priceOf(seat) ?? 0;
    }
    return this.#money(total);
  }

  /** @param {number | undefined} minorUnits */
  #money(minorUnits) {
    const currency = this.#session.show?.currency;
    return currency === undefined || minorUnits === undefined ? '' : money(minorUnits, currency);
  }

  #tick() {
    const time = /** @type {HTMLElement | null} */ (this.#root.querySelector('.time'));
    if (time === null) return;
    const { remainingMs } = this.#session.holding;
    const words = remainingMs === null ? '' : timeWords(remainingMs);
    if (time.textContent !== words) time.textContent = words;
    time.toggleAttribute('data-soon', remainingMs !== null && remainingMs < SOON_MS);
  }
}

/**
 * @param {number} count
 * @param {string} amount
 */
function totalLine(count, amount) {
  return make(
    'div',
    { className: 'total' },
    make('span', {}, BASKET_WORDS.total(count)),
    make('strong', {}, amount),
  );
}

/** @param {number} remainingMs */
function timeWords(remainingMs) {
  return remainingMs === 0 ? BASKET_WORDS.timeOver : countdown(remainingMs);
}
