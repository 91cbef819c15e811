/** What is chosen on the desk's map: who has a seat, and what can be done about one or many. */

import { ask, failureWords, say, sayFailure } from './admin_ask.js';
import { byId, make } from './dom.js';
import { countdown, money } from './formats.js';
import { SeatStatus, WireError } from './protocol.js';
import { nameSeats } from './sentences.js';
import { t } from './texts.js';

/** @typedef {import('./admin_api.js').SeatDetails} SeatDetails */
/** @typedef {import('./seat_map.js').SeatMap} SeatMap */

const TICK_MS = 250;

/** By status of a seat, as the figures call them. */
const STATUS_KEYS = Object.freeze(['available', 'held', 'booked', 'blocked']);

export class SeatsPanel {
  #root = byId('seats');
  #api;
  #map;
  #onDone;
  #showId = 0;
  /** @type {number[]} */
  #chosen = [];
  /** Grows with every question, so that a late answer is not shown for another seat. */
  #turn = 0;
  #reason = '';
  /** Whether an action waits for its answer; a second click on it means nothing more. */
  #isBusy = false;

  /**
   * @param {object} parts
   * @param {import('./admin_api.js').AdminApi} parts.api
   * @param {SeatMap} parts.map
   * @param {() => void} parts.onDone something was changed
   */
  constructor({ api, map, onDone }) {
    this.#api = api;
    this.#map = map;
    this.#onDone = onDone;
    setInterval(() => this.#tick(), TICK_MS);
  }

  /** @param {number} showId */
  open(showId) {
    this.#showId = showId;
    this.#reason = '';
  }

  /** @param {number[]} seats */
  select(seats) {
    this.#chosen = seats;
    this.#render();
  }

  /** @param {[number, number][] | null} changes null for all seats */
  takeChanges(changes) {
    const { selected } = this.#map;
    const isConcerned = changes === null || changes.some(([seat]) => selected.has(seat));
    if (selected.size > 0 && isConcerned) this.#render();
  }

  #render() {
    this.#turn += 1;
    if (this.#chosen.length === 0) {
      this.#root.replaceChildren(make('p', { className: 'hint' }, t('admin.choose')));
    } else if (this.#chosen.length === 1) {
      this.#showOne(this.#chosen[0]);
    } else {
      this.#showMany();
    }
  }

  /** @param {number} seat */
  async #showOne(seat) {
    const turn = this.#turn;
    try {
      const details = await this.#api.seat(this.#showId, seat);
      if (turn === this.#turn) this.#replace(...this.#oneParts(details));
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      const words = make('p', { className: 'fault' }, failureWords(error));
      if (turn === this.#turn) this.#replace(words);
    }
  }

  /** @param {SeatDetails} details */
  #oneParts(details) {
    const { session } = this.#map;
    const currency = session?.show?.currency ?? 'EUR';
    const { seat, name, label, category, price, status, holder, hold, booking, reason } = details;
    const deadline = performance.now() + (details.expires_in_ms ?? 0);
    const facts = [
      fact('admin.label', label),
      fact('admin.category', `${category} · ${money(price, currency)}`),
      ...(holder ? [fact('admin.holder', holder)] : []),
      ...(details.expires_in_ms === undefined ? [] : [fact('basket.time_left', '', deadline)]),
      ...(hold ? [fact('admin.hold', hold)] : []),
      ...(booking ? [fact('admin.booking', booking)] : []),
      ...(reason ? [fact('admin.reason', reason)] : []),
    ];
    const key = STATUS_KEYS[status];
    return [
      make('h2', {}, session?.plan?.nameOf(seat) ?? name),
      make('p', { className: 'state' }, make('i', { className: `part ${key}` }), t(`admin.${key}`)),
      make('dl', { className: 'details' }, ...facts.flat()),
      ...this.#actionsFor(details),
    ];
  }

  /** @param {SeatDetails} details */
  #actionsFor({ seat, status, hold, booking, holder }) {
    if (status === SeatStatus.HELD && hold) {
      return [action('admin.release', () => this.#release(hold, holder ?? ''), true)];
    }
    if (status === SeatStatus.BOOKED && booking) {
      return [action('admin.cancel', () => this.#cancel(booking), true)];
    }
    if (status === SeatStatus.BLOCKED) return this.#blockParts([], [seat]);
    return this.#blockParts([seat], []);
  }

  #showMany() {
    const { session } = this.#map;
    const statuses = session?.sync.statuses ?? new Uint8Array(0);
    const byStatus = STATUS_KEYS.map((_, status) =>
      this.#chosen.filter((seat) => statuses[seat] === status),
    );
    const rows = STATUS_KEYS.map((key, status) =>
      make(
        'li',
        {},
        make('i', { className: `part ${key}` }),
        make('span', {}, t(`admin.${key}`)),
        make('strong', {}, String(byStatus[status].length)),
      ),
    );
    this.#replace(
      make('h2', {}, t('admin.chosen', { count: this.#chosen.length })),
      make('p', { className: 'soft' }, nameSeats(this.#chosen, session?.plan ?? null)),
      make('ul', { className: 'tally' }, ...rows),
      ...this.#blockParts(byStatus[SeatStatus.AVAILABLE], byStatus[SeatStatus.BLOCKED]),
    );
  }

  /**
   * @param {number[]} free
   * @param {number[]} blocked
   */
  #blockParts(free, blocked) {
    const reason = make('input', { type: 'text', maxLength: 500, value: this.#reason });
    reason.oninput = () => (this.#reason = reason.value);
    reason.dataset.key = 'reason';
    const buttons = [];
    if (free.length > 0) {
      const words = t('admin.block', { count: free.length });
      buttons.push(actionWith(words, () => this.#block('block', free)));
    }
    if (blocked.length > 0) {
      const words = t('admin.unblock', { count: blocked.length });
      buttons.push(actionWith(words, () => this.#block('unblock', blocked)));
    }
    if (buttons.length === 0) return [];
    return [make('label', {}, make('span', {}, t('admin.reason')), reason), ...buttons];
  }

  /**
   * @param {'block' | 'unblock'} how
   * @param {number[]} seats
   */
  async #block(how, seats) {
    await this.#attempt(async () => {
      await this.#api[how](this.#showId, seats, this.#reason.trim());
      say(t(`admin.${how}ed_done`, { count: seats.length }));
      this.#reason = '';
    });
  }

  /**
   * @param {string} hold
   * @param {string} holder
   */
  async #release(hold, holder) {
    const title = t('admin.release_title');
    const words = [make('p', {}, t('admin.release_words', { holder }))];
    if (!(await ask({ title, words, yes: t('admin.release'), isGrave: true }))) return;
    await this.#attempt(async () => {
      await this.#api.releaseHold(this.#showId, hold);
      say(t('admin.released'));
    });
  }

  /** @param {string} booking */
  async #cancel(booking) {
    await this.#attempt(async () => {
      const { session } = this.#map;
      const { seats, total, holder, reference } = await this.#api.booking(this.#showId, booking);
      const amount = money(total, session?.show?.currency ?? 'EUR');
      const words = [
        make('p', {}, nameSeats(seats, session?.plan ?? null)),
        make('p', {}, [holder, amount, reference].filter(Boolean).join(' · ')),
        make('p', { className: 'warning' }, t('admin.cancel_words', { count: seats.length })),
      ];
      const title = t('admin.cancel_title');
      if (!(await ask({ title, words, yes: t('admin.cancel'), isGrave: true }))) return;
      await this.#api.cancelBooking(this.#showId, booking);
      say(t('admin.cancelled'));
    });
  }

  /** @param {() => Promise<void>} act */
  async #attempt(act) {
    if (this.#isBusy) return;
    this.#isBusy = true;
    try {
      await act();
    } catch (error) {
      sayFailure(error);
    } finally {
      this.#isBusy = false;
    }
    this.#onDone();
    this.#render();
  }

  /** @param {(Node | string)[]} parts */
  #replace(...parts) {
    const focused = /** @type {HTMLElement | null} */ (document.activeElement)?.dataset.key;
    this.#root.replaceChildren(...parts);
    const again = focused && this.#root.querySelector(`[data-key="${focused}"]`);
    if (again) /** @type {HTMLElement} */ (again).focus();
    this.#tick();
  }

  #tick() {
    for (const time of this.#root.querySelectorAll('[data-deadline]')) {
      const deadline = Number(/** @type {HTMLElement} */ (time).dataset.deadline);
      time.textContent = countdown(Math.max(deadline - performance.now(), 0));
    }
  }
}

/**
 * @param {string} key
 * @param {string} value
 * @param {number} [deadline] a moment to count down to, in place of a value
 */
function fact(key, value, deadline) {
  const dataset = deadline === undefined ? {} : { deadline: String(deadline) };
  return [make('dt', {}, t(key)), make('dd', { dataset }, value)];
}

/**
 * @param {string} key
 * @param {() => void} act
 * @param {boolean} isGrave
 */
function action(key, act, isGrave) {
  const className = isGrave ? 'grave' : '';
  return make('button', { type: 'button', className, onclick: act, dataset: { key } }, t(key));
}

/**
 * @param {string} words
 * @param {() => void} act
 */
function actionWith(words, act) {
  return make('button', { type: 'button', className: 'main', onclick: act }, words);
}
