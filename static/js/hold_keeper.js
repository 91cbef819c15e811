/**
 * What a buyer has at a show, kept across reloads: the id of the hold, what its seats cost, the last
 * booking.
 */

/** @typedef {import('./session_token.js').KeyStore} KeyStore */
/** @typedef {{booking: string, hold: string, seats: number[], total: number}} Booking */

export class HoldKeeper {
  #store;
  #holdKey;
  #pricesKey;
  #bookingKey;

  /**
   * @param {KeyStore} store
   * @param {number} showId
   */
  constructor(store, showId) {
    this.#store = store;
    this.#holdKey = `seatwire.hold.${showId}`;
    this.#pricesKey = `seatwire.prices.${showId}`;
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
   * Seats of the hold with their prices in minor units.
   *
   * @returns {[number, number][]}
   */
  get prices() {
    return this.#read(this.#pricesKey) ?? [];
  }

  set prices(value) {
    this.#put(this.#pricesKey, value.length === 0 ? null : JSON.stringify(value));
  }

  /**
   * The last booking, until the buyer puts it away.
   *
   * @returns {Booking | null}
   */
  get booking() {
    return this.#read(this.#bookingKey);
  }

  set booking(value) {
    this.#put(this.#bookingKey, value && JSON.stringify(value));
  }

  /** @param {string} key */
  #read(key) {
    try {
      return JSON.parse(this.#store.getItem(key) ?? 'null');
    } catch {
      return null;
    }
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
