/** A booking over HTTP: what it is, its QR code, its calendar file. */

import { askJson, askText } from './http.js';

/**
 * @typedef {object} BookingForm what the server says of a booking
 * @property {string} booking
 * @property {string} reference short and signed, for the door
 * @property {number[]} seats
 * @property {number} total minor units
 * @property {string} status
 * @property {string} created_at ISO 8601
 */

export class BookingTicket {
  #base;
  #token;

  /**
   * @param {{showId: number, bookingId: string}} booking
   * @param {Pick<import('./session_token.js').SessionToken, 'get'>} token
   */
  constructor({ showId, bookingId }, token) {
    this.#base = new URL(`/api/v1/shows/${showId}/bookings/${bookingId}`, location.origin);
    this.#token = token;
  }

  /** @returns {Promise<BookingForm>} */
  async read() {
    return askJson(this.#base, { token: await this.#token.get() });
  }

  /** Return the QR code as an SVG document. */
  qrCode() {
    return this.#text('qr.svg');
  }

  /** Return an iCalendar document. */
  calendar() {
    return this.#text('calendar.ics');
  }

  /** @param {string} name */
  async #text(name) {
    return askText(new URL(`${this.#base.href}/${name}`), { token: await this.#token.get() });
  }
}
