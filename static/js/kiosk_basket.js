/** The visitor's seats on a kiosk: few words, large targets. */

import { make } from './dom.js';
import { countdown } from './formats.js';
import { followHold, holdButton, priceNote, seatLine, seatsOf, totalOf } from './held_seats.js';
import { t } from './texts.js';

/** @typedef {import('./show_session.js').ShowSession} ShowSession */

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
    const basket = { render: () => this.#render(), tick: () => this.#tick() };
    followHold(this.#session, basket, signal);
  }

  #render() {
    const seats = seatsOf(this.#session.holding);
    this.#root.toggleAttribute('data-empty', seats.length === 0);
    this.#root.replaceChildren(...(seats.length === 0 ? this.#hintParts() : this.#holdParts(seats)));
    this.#tick();
  }

  #hintParts() {
    const { show } = this.#session;
    if (show === null) return [];
    const count = show.seats_per_hold_max;
    const words = show.status === 'on_sale' ? t('kiosk.hint', { count }) : t('basket.closed');
    return [make('p', { className: 'hint' }, words)];
  }

  /** @param {number[]} seats */
  #holdParts(seats) {
    const session = this.#session;
    const { holding } = session;
    return [
      make(
        'div',
        { className: 'head' },
        make('h2', {}, t('basket.title')),
        make('span', { className: 'time', role: 'timer' }),
      ),
      make('ul', {}, ...seats.map((seat) => seatLine(session, seat))),
      make(
        'div',
        { className: 'sum' },
        ...priceNote(session),
        make(
          'p',
          { className: 'total' },
          make('span', {}, t('basket.total', { count: holding.seats.size })),
          make('strong', {}, totalOf(session)),
        ),
      ),
      make(
        'div',
        { className: 'actions' },
        holdButton(holding, 'extend', () => holding.extend()),
        holdButton(holding, 'book', () => holding.book()),
      ),
    ];
  }

  #tick() {
    const time = this.#root.querySelector('.time');
    if (time === null) return;
    const { remainingMs } = this.#session.holding;
    time.textContent = remainingMs === null ? '' : countdown(remainingMs);
    this.#root.toggleAttribute('data-soon', remainingMs !== null && remainingMs < SOON_MS);
  }
}
