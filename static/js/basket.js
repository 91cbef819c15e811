/** The buyer's seats beside the map: list, total, time left, and what can be done. */

import { bookingAddress } from './addresses.js';
import { make } from './dom.js';
import { countdown, duration, money } from './formats.js';
import { HoldWarning } from './hold_warning.js';
import { t } from './texts.js';

/** @typedef {import('./show_session.js').ShowSession} ShowSession */

const TICK_MS = 250;
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
    const focused = this.#focusedKey();
    const isEmpty = holding.seats.size === 0 && holding.changing.size === 0;
    this.#root.replaceChildren(
      ...(holding.booking === null ? [] : this.#bookingParts(holding.booking)),
      ...(isEmpty ? this.#hintParts() : this.#holdParts()),
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

  #holdParts() {
    const { holding } = this.#session;
    const seats = [...new Set([...holding.seats, ...holding.changing.keys()])].sort(
      (a, b) => a - b,
    );
    return [
      make(
        'div',
        { className: 'head' },
        this.#heading(),
        make('span', { className: 'time', role: 'timer', ariaLabel: t('basket.time_left') }),
      ),
      this.#warningLine(),
      make('ul', {}, ...seats.map((seat) => this.#row(seat))),
      make(
        'div',
        { className: 'foot' },
        totalLine(holding.seats.size, this.#totalWords()),
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
          disabled: isBusy(holding),
          onclick: () => holding.extend(),
          dataset: { key: 'hold-on' },
        },
        t('basket.hold_on'),
      ),
    );
  }

  /** @param {number} seat */
  #row(seat) {
    const { holding, plan } = this.#session;
    const change = holding.changing.get(seat);
    const name = plan?.nameOf(seat) ?? '…';
    const place = plan ? [plan.zoneOf(seat), plan.categories[plan.category[seat]].name] : [];
    const below = change ? t(`basket.${change}`) : [...new Set(place)].filter(Boolean).join(' · ');
    return make(
      'li',
      {},
      make('span', {}, plan?.shortNameOf(seat) ?? name, make('span', { className: 'soft' }, below)),
      make('span', {}, this.#money(this.#session.priceOf(seat))),
      make(
        'button',
        {
          type: 'button',
          ariaLabel: t('basket.remove', { seat: name }),
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
    const button = (
      /** @type {'extend' | 'release' | 'book'} */ action,
      /** @type {() => void} */ act,
    ) =>
      make(
        'button',
        {
          type: 'button',
          className: action === 'book' ? 'main' : '',
          disabled: isBusy(holding) || holding.seats.size === 0,
          onclick: act,
          dataset: { key: action },
        },
        holding.busy === action ? t(`basket.busy_${action}`) : t(`basket.${action}`),
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
      make(
        'h2',
        { className: 'done', tabIndex: -1, dataset: { key: TITLE_KEY } },
        t('basket.booked'),
      ),
      make('ul', {}, ...names.map((name) => make('li', {}, make('span', {}, name)))),
      totalLine(booking.seats.length, this.#money(booking.total)),
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

/** @param {import('./holding.js').Holding} holding */
function isBusy(holding) {
  return holding.busy !== null || holding.changing.size > 0;
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
