/**
 * What each seat of a hold costs: the price of the moment it was held, whatever it costs now. Pure.
 *
 * The server only tells what a hold costs in all. A seat that comes to a hold costs what the total
 * grew by. Several that come at once cost what such seats cost now, if that is what the total grew
 * by; else their prices are not known. What does not make up the total is never shown.
 */

/** @typedef {(seat: number) => number | undefined} PriceOf whole minor units */

export class HeldPrices {
  #keeper;
  /** @type {Map<number, number>} */
  #prices = new Map();

  /** @param {Pick<import('./hold_keeper.js').HoldKeeper, 'prices'>} keeper */
  constructor(keeper) {
    this.#keeper = keeper;
  }

  /** @type {PriceOf} */
  of(seat) {
    return this.#prices.get(seat);
  }

  /**
   * Return what *seats* cost together; null when the price of one is not known.
   *
   * @param {Iterable<number>} seats
   */
  sumOf(seats) {
    return sum([...seats].map((seat) => this.#prices.get(seat)));
  }

  /**
   * Take what *seats* cost in all, which are all seats of the hold.
   *
   * @param {number[]} seats
   * @param {number} total
   * @param {PriceOf} priceNow
   */
  learn(seats, total, priceNow) {
    // Another tab, or this page before it was loaded again, may know more.
    const known = new Map([...this.#keeper.prices, ...this.#prices]);
    this.#prices =
      pricesOf(seats, total, known, priceNow) ??
      pricesOf(seats, total, new Map(), priceNow) ??
      new Map();
    this.#keeper.prices = [...this.#prices];
  }

  /**
   * These seats are not held any more; held again they cost what they cost then.
   *
   * @param {Iterable<number>} seats
   */
  drop(seats) {
    for (const seat of seats) this.#prices.delete(seat);
    this.#keeper.prices = [...this.#prices];
  }

  /** The hold is no more. */
  forget() {
    this.#prices.clear();
    this.#keeper.prices = [];
  }
}

/**
 * Return the prices of *seats* as far as they can be told; null when *known* ones cannot be right.
 *
 * @param {number[]} seats
 * @param {number} total
 * @param {Map<number, number>} known
 * @param {PriceOf} priceNow
 * @returns {Map<number, number> | null}
 */
function pricesOf(seats, total, known, priceNow) {
  const fresh = seats.filter((seat) => !known.has(seat));
  /** @type {Map<number, number>} */
  const prices = new Map();
  for (const seat of seats) {
    const price = known.get(seat);
    if (price !== undefined) prices.set(seat, price);
  }
  const rest = total - (sum(prices.values()) ?? 0);
  if (rest < 0 || (fresh.length === 0 && rest !== 0)) return null;
  if (fresh.length === 1) return prices.set(fresh[0], rest);
  const now = fresh.map(priceNow);
  if (sum(now) === rest) fresh.forEach((seat, index) => prices.set(seat, now[index] ?? 0));
  return prices;
}

/**
 * @param {Iterable<number | undefined>} amounts
 * @returns {number | null} null when one is not known
 */
function sum(amounts) {
  let sum = 0;
  for (const amount of amounts) {
    if (amount === undefined) return null;
    sum += amount;
  }
  return sum;
}
