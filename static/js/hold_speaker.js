/**
 * Says what a buyer has just held or given back, and which clicks wait for the connection, for
 * whoever does not see it. Losses are not said here: they are notices.
 */

import { systemClock } from './clock.js';
import { money } from './formats.js';
import { nameSeats } from './sentences.js';
import { t } from './texts.js';
import { Throttle } from './throttle.js';

/** @typedef {import('./show_session.js').ShowSession} ShowSession */

/** Several quick clicks are one sentence. */
const SPEAK_MS = 1_500;

export class HoldSpeaker {
  #root;
  #session;
  /** Held when something was last said. @type {ReadonlySet<number>} */
  #known = new Set();
  /** Given back on purpose since then. @type {Set<number>} */
  #returned = new Set();
  /** Last said to wait for the connection. @type {Set<number>} */
  #waiting = new Set();
  /** Clicks that did so, taken back since then. @type {Set<number>} */
  #takenBack = new Set();
  #speaking;

  /**
   * @param {HTMLElement} root a live region
   * @param {ShowSession} session
   * @param {import('./clock.js').Clock} [clock]
   */
  constructor(root, session, clock = systemClock) {
    this.#root = root;
    this.#session = session;
    this.#speaking = new Throttle(SPEAK_MS, () => this.#speak(), clock);
  }

  /** @param {AbortSignal} signal */
  start(signal) {
    const { holding } = this.#session;
    holding.on('change', () => this.#listen(), signal);
    holding.on('taken_back', (seat) => this.#takenBack.add(seat), signal);
    signal.addEventListener('abort', () => this.#speaking.stop());
  }

  #listen() {
    const { changing, seats, busy } = this.#session.holding;
    if (busy === 'release') for (const seat of seats) this.#returned.add(seat);
    for (const [seat, change] of changing) if (change === 'removing') this.#returned.add(seat);
    const isWaitingNews = this.#seatsWaiting().some((seat) => !this.#waiting.has(seat));
    const isSettled = changing.size === 0 && busy === null;
    if (isSettled || isWaitingNews || this.#takenBack.size > 0) this.#speaking.ask();
  }

  #seatsWaiting() {
    const { holding } = this.#session;
    return [...holding.changing.keys()].filter((seat) => holding.isWaiting(seat));
  }

  #speak() {
    const { plan, show, holding } = this.#session;
    if (plan === null || show === null) return;
    const { seats, changing, busy, total } = holding;
    const held = [...seats].filter((seat) => !this.#known.has(seat));
    const returned = [...this.#returned].filter((seat) => !seats.has(seat));
    const waiting = this.#seatsWaiting();
    const waitingNews = waiting.filter((seat) => !this.#waiting.has(seat));
    const hasLost = [...this.#known].some((seat) => !seats.has(seat));
    const names = (/** @type {Iterable<number>} */ of) => ({ names: nameSeats([...of], plan) });
    const sentences = [];
    if (this.#takenBack.size > 0) {
      sentences.push(t('basket.said_taken_back', names(this.#takenBack)));
    }
    if (waitingNews.length > 0) sentences.push(t('basket.said_waiting', names(waitingNews)));
    if (returned.length > 0) sentences.push(t('basket.said_returned', names(returned)));
    if (held.length > 0) {
      const amount = total === null ? '' : money(total, show.currency);
      sentences.push(t('basket.said_held', { ...names(held), count: seats.size, total: amount }));
    }
    this.#known = new Set(seats);
    this.#waiting = new Set(waiting);
    this.#takenBack.clear();
    // Those whose answer is still out are said when it has come.
    for (const seat of this.#returned) {
      if (busy !== 'release' && !changing.has(seat)) this.#returned.delete(seat);
    }
    // What was said of seats that are gone must not stay there to be read.
    if (sentences.length > 0 || hasLost) this.#root.textContent = sentences.join(' ');
  }
}
