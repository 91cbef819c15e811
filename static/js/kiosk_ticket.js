/** The kiosk's last screen: the booking with its code, printed, and then the next visitor. */

import { Api } from './api.js';
import { retryDelayMs } from './backoff.js';
import { byId, make } from './dom.js';
import { money, showTime } from './formats.js';
import { askJson, askText } from './http.js';
import { t } from './texts.js';

/** @typedef {import('./show_session.js').ShowSession} ShowSession */
/** @typedef {import('./hold_keeper.js').Booking} Booking */
/** @typedef {{reference: string, code: string, venue: string}} Papers
 *   code: address of the picture, empty while it is fetched; venue: its name */

export class KioskTicket {
  #session;
  #showId;
  #token;
  #clock;
  #onDone;
  #api = new Api(location.origin);
  #seconds = make('p', { className: 'soft' });
  /** Which booking is shown, so that a late answer about another one is not. */
  #shown = '';

  /**
   * @param {object} parts
   * @param {ShowSession} parts.session
   * @param {number} parts.showId
   * @param {import('./granted_token.js').GrantedToken} parts.token
   * @param {import('./clock.js').Clock} parts.clock
   * @param {() => void} parts.onDone
   */
  constructor({ session, showId, token, clock, onDone }) {
    this.#session = session;
    this.#showId = showId;
    this.#token = token;
    this.#clock = clock;
    this.#onDone = onDone;
  }

  /**
   * Show a booking, fetch its reference and code, and print it.
   *
   * @param {Booking} booking
   */
  async show(booking) {
    this.#shown = booking.booking;
    this.#render(booking, { reference: booking.booking, code: '', venue: '' });
    for (let attempt = 0; this.#shown === booking.booking; attempt++) {
      try {
        const papers = await this.#fetch(booking.booking);
        if (this.#shown !== booking.booking) return;
        await this.#render(booking, papers);
        return window.print();
      } catch {
        await this.#wait(retryDelayMs(attempt, this.#clock.random()));
      }
    }
  }

  /** @param {number} seconds until this screen goes by itself */
  showSeconds(seconds) {
    this.#seconds.textContent = t('kiosk.back_in', { count: seconds });
  }

  /** Show nothing any more. */
  hide() {
    this.#shown = '';
    byId('ticket').replaceChildren();
  }

  /**
   * @param {string} booking
   * @returns {Promise<Papers>}
   */
  async #fetch(booking) {
    const path = `/api/v1/shows/${this.#showId}/bookings/${booking}`;
    const token = await this.#token.get();
    const { reference } = await askJson(new URL(path, location.origin), { token });
    const code = await askText(new URL(`${path}/qr.svg`, location.origin), { token });
    const { name } = await this.#api.venue(this.#session.show?.venue ?? 0);
    return { reference, code: `data:image/svg+xml,${encodeURIComponent(code)}`, venue: name };
  }

  /**
   * @param {Booking} booking
   * @param {Papers} papers
   */
  async #render(booking, { reference, code, venue }) {
    const { show, plan } = this.#session;
    if (show === null) return;
    const picture = make('img', { className: 'code', alt: t('booking.qr') });
    if (code) picture.src = code;
    byId('ticket').replaceChildren(
      make(
        'article',
        { className: 'ticket' },
        make(
          'div',
          {},
          make('h2', { className: 'done' }, t('kiosk.booked')),
          make('p', { className: 'what' }, show.title),
          make('p', {}, showTime(show.starts_at)),
          make('p', { className: 'where' }, venue),
          make(
            'ul',
            {},
            ...booking.seats.map((seat) => make('li', {}, plan?.nameOf(seat) ?? String(seat))),
          ),
          make('p', { className: 'sum' }, money(booking.total, show.currency)),
        ),
        make(
          'div',
          {},
          code ? picture : make('p', { className: 'code waiting' }, t('kiosk.code_coming')),
          make(
            'p',
            { className: 'reference' },
            make('small', {}, t('booking.reference')),
            reference,
          ),
          make('p', {}, t('booking.at_door')),
        ),
      ),
      make(
        'div',
        { className: 'after' },
        this.#seconds,
        make('button', { type: 'button', onclick: () => window.print() }, t('booking.print')),
        make(
          'button',
          { type: 'button', className: 'main', onclick: () => this.#onDone() },
          t('kiosk.done'),
        ),
      ),
    );
    if (code) await picture.decode();
  }

  /**
   * @param {number} delayMs
   * @returns {Promise<void>}
   */
  #wait(delayMs) {
    return new Promise((resolve) => {
      this.#clock.after(delayMs, resolve);
    });
  }
}
