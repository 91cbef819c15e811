/** What is chosen on the desk's map: who has a seat, and what can be done about one or many. */

import { ask, failureWords, say, sayFailure } from './admin_ask.js';
import { BlockingForm } from './admin_blocking.js';
import { blockedBefore, labelsOf } from './admin_blocked.js';
import { write } from './admin_keyed.js';
import { byId, make } from './dom.js';
import { countdown, money, wholeNumber } from './formats.js';
import { SeatStatus, WireError } from './protocol.js';
import { nameSeats } from './sentences.js';
import { t } from './texts.js';

/** @typedef {import('./admin_api.js').SeatDetails} SeatDetails */
/** @typedef {import('./seat_map.js').SeatMap} SeatMap */
/** @typedef {{words: string, act: () => void}} TakeAway */

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
  /** The seat that is shown alone; -1 for none. */
  #shown = -1;
  /** Whether the last question about a seat had no answer. */
  #isUnanswered = false;
  /** Whether an action waits for its answer; until then no button can be pressed. */
  #isBusy = false;
  #facts = make('div', { className: 'facts' });
  #takeAway = make('button', { type: 'button', className: 'grave', hidden: true });
  #blocking = new BlockingForm((how, seats, reason) => this.#block(how, seats, reason));

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
    this.#root.replaceChildren(this.#facts, this.#takeAway, this.#blocking.element);
    setInterval(() => this.#tick(), TICK_MS);
  }

  /** @param {number} showId */
  open(showId) {
    // Who comes back to the same show, as after signing in anew, finds the reason as typed.
    if (showId !== this.#showId) this.#blocking.clear();
    this.#showId = showId;
    this.#shown = -1;
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

  /** The server can be asked again. */
  takeContact() {
    if (this.#isUnanswered) this.#render();
  }

  #render() {
    this.#turn += 1;
    this.#isUnanswered = false;
    if (this.#chosen.length === 1) return void this.#showOne(this.#chosen[0]);
    this.#shown = -1;
    if (this.#chosen.length === 0) this.#showNone();
    else this.#showMany();
  }

  #showNone() {
    this.#show([make('p', { className: 'hint' }, t('admin.choose'))]);
  }

  /** @param {number} seat */
  async #showOne(seat) {
    const turn = this.#turn;
    // What could be done about another seat must not be pressed for this one.
    if (seat !== this.#shown) this.#show([this.#titleOf(seat)]);
    try {
      const details = await this.#api.seat(this.#showId, seat);
      if (turn !== this.#turn) return;
      this.#shown = seat;
      this.#showDetails(details);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      if (turn !== this.#turn) return;
      this.#isUnanswered = true;
      if (seat === this.#shown) return;
      this.#show([this.#titleOf(seat), make('p', { className: 'fault' }, failureWords(error))]);
    }
  }

  /** @param {number} seat */
  #titleOf(seat) {
    return make('h2', {}, nameSeats([seat], this.#map.session?.plan ?? null));
  }

  /** @param {SeatDetails} details */
  #showDetails(details) {
    const currency = this.#map.session?.show?.currency ?? 'EUR';
    const { seat, label, category, price, status, holder, hold, booking, reason } = details;
    const deadline = performance.now() + (details.expires_in_ms ?? 0);
    const facts = [
      fact('admin.label', label),
      fact('admin.category', `${category} · ${money(price, currency)}`),
      ...(holder ? [fact('admin.holder', holder)] : []),
      ...(details.expires_in_ms === undefined ? [] : [fact('basket.time_left', '', deadline)]),
      ...(hold ? [fact('admin.hold', hold)] : []),
      ...(booking ? [fact('admin.booking', booking)] : []),
      ...(reason ? [fact('admin.blocked_for', reason)] : []),
    ];
    const key = STATUS_KEYS[status];
    const parts = [
      this.#titleOf(seat),
      make('p', { className: 'state' }, make('i', { className: `part ${key}` }), t(`admin.${key}`)),
      make('dl', { className: 'details' }, ...facts.flat()),
    ];
    this.#show(parts, {
      free: status === SeatStatus.AVAILABLE ? [seat] : [],
      blocked: status === SeatStatus.BLOCKED ? [seat] : [],
      takeAway: this.#takeAwayOf(details),
    });
  }

  /**
   * @param {SeatDetails} details
   * @returns {TakeAway | null}
   */
  #takeAwayOf({ status, hold, holder, booking }) {
    if (status === SeatStatus.HELD && hold) {
      return { words: t('admin.release'), act: () => this.#release(hold, holder ?? '') };
    }
    if (status === SeatStatus.BOOKED && booking) {
      return { words: t('admin.cancel'), act: () => this.#cancel(booking) };
    }
    return null;
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
        make('strong', {}, wholeNumber(byStatus[status].length)),
      ),
    );
    const isTaken = byStatus[SeatStatus.HELD].length + byStatus[SeatStatus.BOOKED].length > 0;
    const parts = [
      make('h2', {}, t('admin.chosen', { count: this.#chosen.length })),
      make('p', { className: 'soft' }, nameSeats(this.#chosen, session?.plan ?? null)),
      make('ul', { className: 'tally' }, ...rows),
      ...(isTaken ? [make('p', { className: 'soft' }, t('admin.choose_one'))] : []),
    ];
    this.#show(parts, {
      free: byStatus[SeatStatus.AVAILABLE],
      blocked: byStatus[SeatStatus.BLOCKED],
    });
  }

  /**
   * Say *facts*, and offer what can be done. The buttons stay the same elements: a press on one of
   * them outlives the news.
   *
   * @param {Node[]} facts
   * @param {{free?: number[], blocked?: number[], takeAway?: TakeAway | null}} [offers]
   */
  #show(facts, { free = [], blocked = [], takeAway = null } = {}) {
    this.#facts.replaceChildren(...facts);
    this.#takeAway.hidden = takeAway === null;
    write(this.#takeAway, takeAway?.words ?? '');
    this.#takeAway.onclick = takeAway?.act ?? null;
    this.#blocking.show(free, blocked);
    this.#tick();
  }

  /**
   * @param {import('./admin_blocking.js').How} how
   * @param {number[]} seats
   * @param {string} reason
   */
  async #block(how, seats, reason) {
    const plan = this.#map.session?.plan ?? null;
    const show = this.#showId;
    await this.#attempt(async () => {
      try {
        const { version } = await this.#api[how](show, seats, reason);
        const words = [t(`admin.${how}ed_done`, { count: seats.length })];
        if (how === 'block') {
          const asked = { show, seats, reason, version };
          words.push(await blockedBefore(this.#api, asked, plan));
        }
        say(words.filter(Boolean).join(' '));
        if (show === this.#showId) this.#blocking.clear();
      } catch (error) {
        const isLost = error instanceof WireError && error.code === 'seats_taken';
        if (!isLost) throw error;
        say(t('admin.seats_taken', { names: labelsOf(error.fields.seats, plan) }), 'failed');
      }
    });
  }

  /**
   * @param {string} hold
   * @param {string} holder
   */
  async #release(hold, holder) {
    await this.#attempt(async () => {
      const { seats } = await this.#api.hold(this.#showId, hold);
      const words = [
        make('p', {}, make('strong', {}, nameSeats(seats, this.#map.session?.plan ?? null))),
        make('p', { className: 'warning' }, t('admin.release_words', { count: seats.length })),
        make('p', {}, t('admin.release_told', { holder })),
      ];
      const title = t('admin.release_title');
      if (!(await ask({ title, words, yes: t('admin.release'), isGrave: true }))) return;
      // Releasing what has ended already succeeds too; people are told who was first.
      const { status } = await this.#api.hold(this.#showId, hold);
      if (status !== 'held') return say(t('admin.hold_booked'), 'failed');
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
        make('p', {}, make('strong', {}, nameSeats(seats, session?.plan ?? null))),
        make('p', {}, [holder, amount, reference].filter(Boolean).join(' · ')),
        make('p', { className: 'warning' }, t('admin.cancel_words', { count: seats.length })),
      ];
      const title = t('admin.cancel_title');
      if (!(await ask({ title, words, yes: t('admin.cancel'), isGrave: true }))) return;
      const { status } = await this.#api.booking(this.#showId, booking);
      if (status === 'cancelled') return say(t('admin.cancelled_already'), 'failed');
      await this.#api.cancelBooking(this.#showId, booking);
      say(t('admin.cancelled'));
    });
  }

  /** @param {() => Promise<void>} act */
  async #attempt(act) {
    if (this.#isBusy) return;
    this.#wait(true);
    try {
      await act();
    } catch (error) {
      sayFailure(error);
    } finally {
      this.#wait(false);
    }
    this.#onDone();
    this.#render();
  }

  /** @param {boolean} isBusy */
  #wait(isBusy) {
    this.#isBusy = isBusy;
    this.#takeAway.ariaDisabled = String(isBusy);
    this.#blocking.wait(isBusy);
  }

  #tick() {
    for (const time of this.#root.querySelectorAll('[data-deadline]')) {
      const deadline = Number(/** @type {HTMLElement} */ (time).dataset.deadline);
      write(time, countdown(Math.max(deadline - performance.now(), 0)));
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
