/** The holds that are about to lapse. Each is a button that shows where its seats are. */

import { KeyedList, write } from './admin_keyed.js';
import { make } from './dom.js';
import { countdown } from './formats.js';
import { t } from './texts.js';

/** @typedef {import('./admin_api.js').Sales['lapsing'][number]} LapsingHold */

/** From here on a hold is about to lapse in a moment. */
const SOON_MS = 60_000;

export class LapsingHolds {
  #none = make('p', { className: 'soft' }, t('admin.no_holds'));
  #onLook;
  /** Says how much time each line has left; lines that are gone are let go. */
  #ticks = new Map();
  #lines = new KeyedList(make('ul', { className: 'lapsing' }), (hold) => this.#makeLine(hold));

  /** @param {(seats: number[]) => void} onLook somebody wants to see these seats */
  constructor(onLook) {
    this.#onLook = onLook;
  }

  /** What stands on the page. */
  get elements() {
    return [this.#none, this.#lines.element];
  }

  /** @param {LapsingHold[]} holds */
  show(holds) {
    this.#lines.show(holds.map((hold) => [hold.hold, hold]));
    const listed = new Set(holds.map(({ hold }) => hold));
    for (const hold of this.#ticks.keys()) if (!listed.has(hold)) this.#ticks.delete(hold);
    this.#none.hidden = holds.length > 0;
    this.tick();
  }

  /** Say how much time is left. */
  tick() {
    const now = performance.now();
    for (const tick of this.#ticks.values()) tick(now);
  }

  /** @param {LapsingHold} hold */
  #makeLine({ hold, holder }) {
    /** @type {number[]} */
    let seats = [];
    let deadline = 0;
    const size = make('span', { className: 'soft' });
    const time = make('span', { className: 'time' });
    const button = make(
      'button',
      { type: 'button', title: t('admin.look'), onclick: () => this.#onLook(seats) },
      make('span', { className: 'holder' }, holder),
      size,
      time,
    );
    this.#ticks.set(hold, (/** @type {number} */ now) => {
      const remainingMs = Math.max(deadline - now, 0);
      write(time, countdown(remainingMs));
      time.toggleAttribute('data-soon', remainingMs < SOON_MS);
    });
    return {
      element: make('li', {}, button),
      update: (/** @type {LapsingHold} */ latest) => {
        seats = latest.seats;
        deadline = performance.now() + latest.expires_in_ms;
        write(size, t('shows.seats', { count: seats.length }));
      },
    };
  }
}
