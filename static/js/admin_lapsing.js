/**
 * The holds that are about to lapse. Each is a button that shows where its seats are, and stays the
 * same element as long as its hold is listed: a press or the keyboard's focus on it is not lost
 * when the list is brought up to date.
 */

import { make } from './dom.js';
import { countdown } from './formats.js';
import { t } from './texts.js';

/** @typedef {import('./admin_api.js').Sales['lapsing'][number]} LapsingHold */
/** @typedef {{item: HTMLElement, size: HTMLElement, time: HTMLElement, seats: number[],
 *   deadline: number}} Line */

/** From here on a hold is about to lapse in a moment. */
const SOON_MS = 60_000;

export class LapsingHolds {
  #list = make('ul', { className: 'lapsing' });
  #none = make('p', { className: 'soft' }, t('admin.no_holds'));
  #onLook;
  /** @type {Map<string, Line>} by hold */
  #lines = new Map();

  /** @param {(seats: number[]) => void} onLook somebody wants to see these seats */
  constructor(onLook) {
    this.#onLook = onLook;
  }

  /** What stands on the page. */
  get elements() {
    return [this.#none, this.#list];
  }

  /** @param {LapsingHold[]} holds */
  show(holds) {
    const listed = new Set(holds.map(({ hold }) => hold));
    for (const [hold, { item }] of this.#lines) {
      if (listed.has(hold)) continue;
      this.#lines.delete(hold);
      item.remove();
    }
    const now = performance.now();
    arrange(
      this.#list,
      holds.map((hold) => this.#bringUpToDate(hold, now)),
    );
    this.#none.hidden = holds.length > 0;
    this.tick();
  }

  /** Say how much time is left. */
  tick() {
    const now = performance.now();
    for (const { time, deadline } of this.#lines.values()) {
      const remainingMs = Math.max(deadline - now, 0);
      time.textContent = countdown(remainingMs);
      time.toggleAttribute('data-soon', remainingMs < SOON_MS);
    }
  }

  /**
   * @param {LapsingHold} hold
   * @param {number} now
   */
  #bringUpToDate({ hold, holder, seats, expires_in_ms }, now) {
    const line = this.#lines.get(hold) ?? this.#add(hold, holder);
    line.seats = seats;
    line.deadline = now + expires_in_ms;
    line.size.textContent = t('shows.seats', { count: seats.length });
    return line.item;
  }

  /**
   * @param {string} hold
   * @param {string} holder
   */
  #add(hold, holder) {
    const size = make('span', { className: 'soft' });
    const time = make('span', { className: 'time' });
    const button = make(
      'button',
      { type: 'button', title: t('admin.look'), onclick: () => this.#onLook(line.seats) },
      make('span', { className: 'holder' }, holder),
      size,
      time,
    );
    /** @type {Line} */
    const line = { item: make('li', {}, button), size, time, seats: [], deadline: 0 };
    this.#lines.set(hold, line);
    return line;
  }
}

/**
 * Put *items*, which are all that there is in *list* and maybe more, into their order. An item that
 * falls back is moved itself, not all those that it lets pass.
 *
 * @param {HTMLElement} list
 * @param {HTMLElement[]} items
 */
function arrange(list, items) {
  items.forEach((item, place) => {
    const there = list.children[place];
    if (there === item) return;
    if (there !== undefined && there.nextElementSibling === item) list.append(there);
    else list.insertBefore(item, there ?? null);
  });
}
