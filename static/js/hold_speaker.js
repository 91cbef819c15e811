/**
 * Says what a buyer has just held or given back, for whoever does not see it. Losses are not said
 * here: they are notices.
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
    this.#session.holding.on('change', () => this.#listen(), signal);
    signal.addEventListener('abort', () => this.#speaking.stop());
  }

  #listen() {
    const { changing, seats, busy } = this.#session.holding;
    if (busy === 'release') for (const seat of seats) this.#returned.add(seat);
    for (const [seat, change] of changing) if (change === 'removing') this.#returned.add(seat);
    if (changing.size === 0 && busy === null) this.#speaking.ask();
  }

  #speak() {
    const { plan, show, holding } = this.#session;
    if (plan === null || show === null) return;
    const { seats, total } = holding;
    const held = [...seats].filter((seat) => !this.#known.has(seat));
    const returned = [...this.#returned].filter((seat) => !seats.has(seat));
    const hasLost = [...this.#known].some((seat) => !seats.has(seat));
    this.#known = new Set(seats);
    this.#returned.clear();
    const sentences = [];
    if (returned.length > 0) {
      sentences.push(t('basket.said_returned', { names: nameSeats(returned, plan) }));
    }
    if (held.length > 0) {
      const amount = total === null ? '' : money(total, show.currency);
      const values = { names: nameSeats(held, plan), count: seats.size, total: amount };
      sentences.push(t('basket.said_held', values));
    }
    // What was said of seats that are gone must not stay there to be read.
    if (sentences.length > 0 || hasLost) this.#root.textContent = sentences.join(' ');
  }
}
