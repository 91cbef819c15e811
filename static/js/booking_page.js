/**
 * The page `/shows/{id}/bookings/{booking}`: what, when and where, seats, total, reference and QR
 * code of a booking. It watches its show, so a cancellation is seen here too.
 */

import { bookingAt } from './addresses.js';
import { Api } from './api.js';
import { retryDelayMs } from './backoff.js';
import { BookingTicket } from './booking_ticket.js';
import { systemClock } from './clock.js';
import { byId, make } from './dom.js';
import { clockDay, money, showTime } from './formats.js';
import { openKeyStore } from './key_store.js';
import { SeatStatus, WireError } from './protocol.js';
import { SessionToken } from './session_token.js';
import { ShowSession } from './show_session.js';
import { applyTexts, hasText, t } from './texts.js';

/** @typedef {import('./booking_ticket.js').BookingForm} BookingForm */

/** Answers that mean: not yours, or not at all. */
const NOT_YOURS_CODES = Object.freeze(['not_found', 'forbidden', 'unauthorized']);

class BookingPage {
  #ticket;
  #session;
  #api;
  /** Whose name is shown or asked for; 0 for none. */
  #venue = 0;
  /** @type {BookingForm | null} */
  #booking = null;
  #isAsking = false;
  #cancelRetry = () => {};
  #cancelCodeRetry = () => {};
  #hasCode = false;

  /**
   * @param {BookingTicket} ticket
   * @param {ShowSession} session
   * @param {Pick<Api, 'venue'>} api
   */
  constructor(ticket, session, api) {
    this.#ticket = ticket;
    this.#session = session;
    this.#api = api;
  }

  start() {
    // The page lives as long as its session.
    const { signal } = new AbortController();
    this.#session.on('show', () => this.#render(), signal);
    this.#session.on('show', () => this.#nameVenue(0), signal);
    this.#session.on('plan', () => this.#render(), signal);
    this.#session.sync.on('seats', () => this.#checkSeats(), signal);
    this.#session.start();
    byId('print').addEventListener('click', () => print());
    byId('calendar').addEventListener('click', () => this.#saveCalendar());
    byId('more').setAttribute('href', `/shows/${this.#session.sync.showId}`);
    this.#load(0);
  }

  /** @param {number} attempt */
  async #load(attempt) {
    if (this.#isAsking) return;
    this.#isAsking = true;
    this.#cancelRetry();
    try {
      this.#booking = await this.#ticket.read();
      byId('words').textContent = '';
      this.#render();
      this.#loadCode(0);
    } catch (error) {
      this.#loadFailed(/** @type {WireError} */ (error), attempt);
    } finally {
      this.#isAsking = false;
    }
  }

  /**
   * @param {WireError} error
   * @param {number} attempt
   */
  #loadFailed(error, attempt) {
    if (NOT_YOURS_CODES.includes(error.code)) {
      byId('words').textContent = t('booking.not_found');
      return;
    }
    if (this.#booking === null) byId('words').textContent = t('booking.failed');
    const delayMs = retryDelayMs(attempt + 1, systemClock.random());
    this.#cancelRetry = systemClock.after(delayMs, () => this.#load(attempt + 1));
  }

  /** A seat of a live booking is booked; when it is not, something has happened to the booking. */
  #checkSeats() {
    const booking = this.#booking;
    if (booking === null || booking.status === 'cancelled') return;
    const { statuses } = this.#session.sync;
    if (booking.seats.some((seat) => statuses[seat] !== SeatStatus.BOOKED)) this.#load(0);
  }

  /** @param {number} attempt */
  async #nameVenue(attempt) {
    const venue = this.#session.show?.venue ?? 0;
    if (venue === this.#venue) return;
    this.#venue = venue;
    try {
      byId('where').textContent = (await this.#api.venue(venue)).name;
    } catch {
      const delayMs = retryDelayMs(attempt + 1, systemClock.random());
      systemClock.after(delayMs, () => {
        this.#venue = 0;
        this.#nameVenue(attempt + 1);
      });
    }
  }

  /** @param {number} attempt */
  async #loadCode(attempt) {
    this.#cancelCodeRetry();
    if (this.#hasCode || this.#booking?.status === 'cancelled') return;
    const image = /** @type {HTMLImageElement} */ (byId('qr'));
    try {
      const svg = await this.#ticket.qrCode();
      image.src = `data:image/svg+xml,${encodeURIComponent(svg)}`;
      image.hidden = false;
      this.#hasCode = true;
      byId('code-words').textContent = t('booking.at_door');
    } catch {
      byId('code-words').textContent = t('booking.qr_failed');
      const delayMs = retryDelayMs(attempt + 1, systemClock.random());
      this.#cancelCodeRetry();
      this.#cancelCodeRetry = systemClock.after(delayMs, () => this.#loadCode(attempt + 1));
    }
  }

  async #saveCalendar() {
    const said = byId('said');
    said.textContent = '';
    try {
      const file = new Blob([await this.#ticket.calendar()], { type: 'text/calendar' });
      const href = URL.createObjectURL(file);
      make('a', { href, download: 'booking.ics' }).click();
      URL.revokeObjectURL(href);
    } catch {
      said.textContent = t('booking.calendar_failed');
    }
  }

  #render() {
    const booking = this.#booking;
    const { show, plan } = this.#session;
    if (booking === null || show === null) return;
    const isCancelled = booking.status === 'cancelled';
    document.title = `${show.title} · ${t('booking.title')}`;
    byId('ticket').hidden = false;
    byId('ticket').toggleAttribute('data-cancelled', isCancelled || show.status === 'cancelled');
    byId('done').hidden = byId('code').hidden = isCancelled;
    byId('title').textContent = show.title;
    byId('when').textContent = showTime(show.starts_at);
    byId('warning').textContent = warningWords(isCancelled, show.status);
    byId('message').textContent = show.message ?? '';
    byId('total').textContent = money(booking.total, show.currency);
    byId('reference').textContent = booking.reference;
    byId('number').textContent = booking.booking;
    byId('made').textContent = t('booking.made', { time: clockDay(booking.created_at) });
    if (plan === null) return;
    const names = booking.seats.map((seat) => make('li', {}, plan.nameOf(seat)));
    byId('seats').replaceChildren(...names);
  }
}

/**
 * @param {boolean} isCancelled
 * @param {string} showStatus
 */
function warningWords(isCancelled, showStatus) {
  if (isCancelled && showStatus !== 'cancelled') return t('booking.cancelled');
  const key = `booking.show_${showStatus}`;
  return hasText(key) ? t(key) : '';
}

function open() {
  const booking = bookingAt(location.pathname);
  if (booking === null) {
    byId('words').textContent = t('booking.bad_address');
    return;
  }
  const api = new Api(location.origin);
  const token = new SessionToken(api, openKeyStore());
  const session = new ShowSession(location.origin, booking.showId, { token });
  new BookingPage(new BookingTicket(booking, token), session, api).start();
}

applyTexts();
open();
