/** The visitor's seats on a kiosk: few words, large targets. */

import { make } from './dom.js';
import { countdown, money } from './formats.js';
import { t } from './texts.js';

/** @typedef {import('./show_session.js').ShowSession} ShowSession */

const TICK_MS = 250;

/** From here on the time left is shown as a warning, and more time is offered. */
const SOON_MS = 120_000;

export class KioskBasket {
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
    const isEmpty = holding.seats.size === 0 && holding.changing.size === 0;
    this.#root.toggleAttribute('data-empty', isEmpty);
    this.#root.replaceChildren(...(isEmpty ? this.#hintParts() : this.#holdParts()));
    this.#tick();
  }

  #hintParts() {
    const { show } = this.#session;
    if (show === null) return [];
    const count = show.seats_per_hold_max;
    const words = show.status === 'on_sale' ? t('kiosk.hint', { count }) : t('basket.closed');
    return [make('p', { className: 'hint' }, words)];
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
        make('h2', {}, t('basket.title')),
        make('span', { className: 'time', role: 'timer' }),
      ),
      make('ul', {}, ...seats.map((seat) => this.#row(seat))),
      make(
        'p',
        { className: 'total' },
        make('span', {}, t('basket.total', { count: holding.seats.size })),
        make('strong', {}, this.#money(this.#total())),
      ),
      make('div', { className: 'actions' }, this.#button('extend'), this.#button('book')),
    ];
  }

  /** @param {number} seat */
  #row(seat) {
    const { holding, plan } = this.#session;
    const change = holding.changing.get(seat);
    const name = plan?.nameOf(seat) ?? '…';
    return make(
      'li',
      {},
      make('span', {}, plan?.shortNameOf(seat) ?? name, make('small', {}, this.#below(seat))),
      make('span', {}, this.#isPriceKnown() ? this.#money(this.#session.priceOf(seat)) : ''),
      make(
        'button',
        {
          type: 'button',
          ariaLabel: t('basket.remove', { seat: name }),
          disabled: change !== undefined || holding.busy !== null,
          onclick: () => holding.remove(seat),
        },
        '×',
      ),
    );
  }

  /** @param {number} seat */
  #below(seat) {
    const { holding, plan } = this.#session;
    const change = holding.changing.get(seat);
    if (change) return t(`basket.${change}`);
    return plan ? plan.zoneOf(seat) || plan.categories[plan.category[seat]].name : '';
  }

  /** @param {'extend' | 'book'} action */
  #button(action) {
    const { holding } = this.#session;
    const isBlocked = holding.busy !== null || holding.changing.size > 0;
    return make(
      'button',
      {
        type: 'button',
        className: action === 'book' ? 'main' : 'more',
        disabled: isBlocked || holding.seats.size === 0,
        onclick: () => (action === 'book' ? holding.book() : holding.extend()),
      },
      t(holding.busy === action ? `basket.busy_${action}` : `basket.${action}`),
    );
  }

  /** Held seats keep the price they had, and only their sum is told: not by today's prices then. */
  #isPriceKnown() {
    const { total } = this.#session.holding;
    return total === null || total === this.#sumOfPrices();
  }

  #total() {
    return this.#session.holding.total ?? this.#sumOfPrices();
  }

  #sumOfPrices() {
    let sum = 0;
    for (const seat of this.#session.holding.seats) sum += this.#session.priceOf(seat) ?? 0;
    return sum;
  }

  /** @param {number | undefined} minorUnits */
  #money(minorUnits) {
    const currency = this.#session.show?.currency;
    return currency === undefined || minorUnits === undefined ? '' : money(minorUnits, currency);
  }

  #tick() {
    const time = this.#root.querySelector('.time');
    if (time === null) return;
    const { remainingMs } = this.#session.holding;
    time.textContent = remainingMs === null ? '' : countdown(remainingMs);
    this.#root.toggleAttribute('data-soon', remainingMs !== null && remainingMs < SOON_MS);
  }
}
