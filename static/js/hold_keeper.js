/** What a buyer has at a show, kept across reloads: the id of the hold, the last booking. */

/** @typedef {import('./session_token.js').KeyStore} KeyStore */
/** @typedef {{booking: string, hold: string, seats: number[], total: number}} Booking */

export class HoldKeeper {
  #store;
  #holdKey;
  #bookingKey;

  /**
   * @param {KeyStore} store
   * @param {number} showId
   */
  constructor(store, showId) {
    this.#store = store;
    this.#holdKey = `seatwire.hold.${showId}`;
    this.#bookingKey = `seatwire.booking.${showId}`;
  }

  /** The id of this browser's hold; other tabs of the same browser share it. */
  get holdId() {
    return this.#store.getItem(this.#holdKey);
  }

  set holdId(value) {
    this.#put(this.#holdKey, value);
  }

  /**
   * The last booking, until the buyer puts it away.
   *
   * @returns {Booking | null}
   */
  get booking() {
    try {
      return JSON.parse(this.#store.getItem(this.#bookingKey) ?? 'null');
    } catch {
      return null;
    }
  }

  set booking(value) {
    this.#put(this.#bookingKey, value && JSON.stringify(value));
  }

  /**
   * @param {string} key
   * @param {string | null} value
   */
  #put(key, value) {
    if (value === null) this.#store.removeItem(key);
    else this.#store.setItem(key, value);
  }
}
