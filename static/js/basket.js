/** The buyer's seats beside the map: list, total, time left, and what can be done. */

import { bookingAddress } from './addresses.js';
import { make } from './dom.js';
import { countdown, duration } from './formats.js';
import {
  amountOf,
  followHold,
  holdButton,
  isAsking,
  priceNote,
  seatLine,
  seatsOf,
  stillYoursNote,
  totalOf,
} from './held_seats.js';
import { HoldWarning } from './hold_warning.js';
import { t } from './texts.js';

/** @typedef {import('./show_session.js').ShowSession} ShowSession */

const TITLE_KEY = 'title';

export class Basket {
  #root;
  #alarm;
  #session;
  #warning = new HoldWarning();
  /** Of what shall get the focus back. @type {string | null} */
  #waitingKey = null;

  /**
   * @param {{root: HTMLElement, alarm: HTMLElement}} parts *alarm* is spoken when filled
   * @param {ShowSession} session
   */
  constructor({ root, alarm }, session) {
    this.#root = root;
    this.#alarm = alarm;
    this.#session = session;
  }

  /**
   * Follow the session until *signal* aborts.
   *
   * @param {AbortSignal} signal
   */
  start(signal) {
    const basket = { render: () => this.#render(), tick: () => this.#tick() };
    followHold(this.#session, basket, signal);
  }

  #render() {
    const { holding } = this.#session;
    const focused = this.#focusedKey();
    const seats = seatsOf(holding);
    this.#root.replaceChildren(
      ...(holding.booking === null ? [] : this.#bookingParts(holding.booking)),
      ...(seats.length === 0 ? this.#hintParts() : this.#holdParts(seats)),
    );
    this.#tick();
    if (focused) this.#focusAgain(focused);
  }

  /** Return the key of what has the focus, or of what will have it as soon as it can. */
  #focusedKey() {
    const focused = /** @type {HTMLElement | null} */ (document.activeElement);
    if (!this.#root.contains(focused)) return undefined;
    const key = focused?.dataset.key;
    return key === TITLE_KEY ? (this.#waitingKey ?? key) : key;
  }

  /**
   * What had the focus was made anew; whoever goes by keyboard stays where they were, or waits at
   * the title while that cannot be used.
   *
   * @param {string} key
   */
  #focusAgain(key) {
    /** @type {HTMLButtonElement | null} */
    const same = this.#root.querySelector(`[data-key="${key}"]`);
    const isUsable = same !== null && !same.disabled;
    this.#waitingKey = same !== null && !isUsable ? key : null;
    /** @type {HTMLElement | null} */
    const title = this.#root.querySelector(`[data-key="${TITLE_KEY}"]`);
    (isUsable ? same : title)?.focus();
  }

  #hintParts() {
    const { show, holding } = this.#session;
    if (holding.booking !== null || show === null) return [];
    const hint =
      show.status === 'on_sale'
        ? t('basket.hint', { count: show.seats_per_hold_max, time: duration(show.hold_ttl_s) })
        : t('basket.closed');
    return [this.#heading(), make('p', { className: 'hint' }, hint)];
  }

  /** @param {number[]} seats */
  #holdParts(seats) {
    const session = this.#session;
    return [
      make(
        'div',
        { className: 'head' },
        this.#heading(),
        make('span', { className: 'time', role: 'timer', ariaLabel: t('basket.time_left') }),
      ),
      this.#warningLine(),
      ...stillYoursNote(session),
      ...priceNote(session),
      make('ul', {}, ...seats.map((seat) => seatLine(session, seat))),
      make(
        'div',
        { className: 'foot' },
        totalLine(session.holding.seats.size, totalOf(session)),
        this.#actions(),
      ),
    ];
  }

  #heading() {
    return make('h2', { tabIndex: -1, dataset: { key: TITLE_KEY } }, t('basket.title'));
  }

  #warningLine() {
    const { holding } = this.#session;
    return make(
      'div',
      { className: 'warning', hidden: true },
      make('span', {}),
      make(
        'button',
        {
          type: 'button',
          disabled: isAsking(holding),
          onclick: () => holding.extend(),
          dataset: { key: 'hold-on' },
        },
        t('basket.hold_on'),
      ),
    );
  }

  #actions() {
    const { holding } = this.#session;
    return make(
      'div',
      { className: 'actions' },
      holdButton(holding, 'extend', () => holding.extend()),
      holdButton(holding, 'release', () => holding.releaseAll()),
      holdButton(holding, 'book', () => holding.book()),
    );
  }

  /** @param {import('./hold_keeper.js').Booking} booking */
  #bookingParts(booking) {
    const { plan, holding } = this.#session;
    const names = plan === null ? [] : booking.seats.map((seat) => plan.nameOf(seat));
    return [
      make(
        'h2',
        { className: 'done', tabIndex: -1, dataset: { key: TITLE_KEY } },
        t('basket.booked'),
      ),
      make('ul', {}, ...names.map((name) => make('li', {}, make('span', {}, name)))),
      totalLine(booking.seats.length, amountOf(this.#session, booking.total)),
      make(
        'div',
        { className: 'actions' },
        make(
          'a',
          {
            className: 'button main',
            href: bookingAddress(this.#session.sync.showId, booking.booking),
            dataset: { key: 'booking' },
          },
          t('basket.see_booking'),
        ),
        make(
          'button',
          {
            type: 'button',
            onclick: () => holding.dismissBooking(),
            dataset: { key: 'dismiss' },
          },
          t('basket.dismiss'),
        ),
      ),
    ];
  }

  #tick() {
    const { holding, show } = this.#session;
    const { remainingMs } = holding;
    const holdMs = (show?.hold_ttl_s ?? 0) * 1000;
    const { isSoon, isNews } = this.#warning.update(remainingMs, holdMs);
    if (isNews) this.#alarm.textContent = alarmWords(remainingMs ?? 0);
    if (!isSoon) this.#alarm.textContent = '';
    const time = this.#root.querySelector('.time');
    const warning = /** @type {HTMLElement | null} */ (this.#root.querySelector('.warning'));
    if (time === null || warning === null) return;
    const left = remainingMs === null ? '' : timeWords(remainingMs);
    put(time, left);
    time.toggleAttribute('data-soon', isSoon);
    warning.hidden = !isSoon || remainingMs === 0;
    put(/** @type {Element} */ (warning.firstElementChild), t('basket.soon', { time: left }));
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
    make('span', {}, t('basket.total', { count })),
    make('strong', {}, amount),
  );
}

/** @param {number} remainingMs */
function alarmWords(remainingMs) {
  return t('basket.alarm', { time: duration(Math.round(remainingMs / 1000)) });
}

/**
 * @param {Element} element
 * @param {string} words
 */
function put(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

/** @param {number} remainingMs */
function timeWords(remainingMs) {
  return remainingMs === 0 ? t('basket.time_over') : countdown(remainingMs);
}
