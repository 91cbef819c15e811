/**
 * The live seats as a list: section, row, seat. For whoever does not see the map or does not want
 * it. Rows are made when their section is opened, seats when their row is.
 *
 * What changes is written into the list a few times a second. One summary line is spoken, and that
 * seldom: a popular show changes faster than anybody can listen.
 */

import { clockTime, money } from './formats.js';
import { branch, countItems, itemsIn, leaf, part, put } from './seat_list_items.js';
import { SeatOutline } from './seat_outline.js';
import { t } from './texts.js';
import { Throttle } from './throttle.js';
import { TreeKeys } from './tree_keys.js';

/** @typedef {import('./show_session.js').ShowSession} ShowSession */
/** @typedef {import('./plan.js').SeatPlan} SeatPlan */

const WRITE_MS = 250;
const SPEAK_MS = 10_000;

/** How a seat looks and what that is called, by status: the signs of the map. */
const LOOKS = Object.freeze([
  { look: 'free', key: 'seat.available' },
  { look: 'held', key: 'sign.held' },
  { look: 'booked', key: 'sign.booked' },
  { look: 'blocked', key: 'sign.blocked' },
]);

export class SeatList {
  #tree;
  #summary;
  #session;
  #keys;
  /** @type {SeatOutline | null} */
  #outline = null;
  /** Rows with something new to write; null for all. @type {Set<number> | null} */
  #touched = new Set();
  #writing = new Throttle(WRITE_MS, () => this.#write());
  #speaking = new Throttle(SPEAK_MS, () => this.#speak());

  /**
   * @param {{tree: HTMLElement, summary: HTMLElement}} parts
   * @param {ShowSession} session
   */
  constructor({ tree, summary }, session) {
    this.#tree = tree;
    this.#summary = summary;
    this.#session = session;
    this.#keys = new TreeKeys(tree, {
      expand: (item, isOpen) => this.#expand(item, isOpen),
      choose: (item) => this.#session.toggle(Number(item.dataset.seat)),
    });
  }

  /** @param {AbortSignal} signal */
  start(signal) {
    const { sync, holding } = this.#session;
    this.#session.on('plan', () => this.#begin(), signal);
    this.#session.on('show', () => this.#touch(null), signal);
    sync.on('seats', (changes) => this.#takeSeats(changes), signal);
    sync.on('freshness', () => this.#takeFreshness(), signal);
    holding.on('change', () => this.#touch(null), signal);
    signal.addEventListener('abort', () => (this.#writing.stop(), this.#speaking.stop()));
    this.#begin();
    this.#takeFreshness();
  }

  #begin() {
    const { plan, sync } = this.#session;
    if (plan === null) return;
    this.#outline = new SeatOutline(plan);
    this.#outline.update(sync.statuses, null);
    const { sections } = this.#outline;
    this.#tree.replaceChildren(
      ...sections.map(({ name }, index) =>
        branch({ section: index }, name || t('list.whole'), name),
      ),
    );
    countItems(this.#tree, 1);
    if (sections.length === 1) this.#expand(itemsIn(this.#tree, 'section')[0], true);
    this.#keys.makeReachable();
    this.#touch(null);
  }

  /** @param {[number, number][] | null} changes */
  #takeSeats(changes) {
    const rows = this.#outline?.update(this.#session.sync.statuses, changes);
    if (changes === null) this.#touch(null);
    else if (rows) this.#touch(rows);
    // All seats anew is rare, and ends a time in which the list was not to be trusted.
    if (changes === null) this.#speaking.now();
    else this.#speaking.ask();
  }

  #takeFreshness() {
    const { state } = this.#session.sync.freshness;
    this.#tree.dataset.freshness = state;
    this.#speaking.now();
    this.#touch(null);
  }

  /** @param {Set<number> | null} rows */
  #touch(rows) {
    if (rows === null) this.#touched = null;
    else for (const row of rows) this.#touched?.add(row);
    this.#writing.ask();
  }

  /** Bring what is open up to date. */
  #write() {
    const { plan } = this.#session;
    const touched = this.#touched;
    this.#touched = new Set();
    if (this.#outline === null || plan === null) return;
    for (const item of itemsIn(this.#tree, 'section')) this.#writeSection(item);
    for (const item of itemsIn(this.#tree, 'row')) {
      const row = Number(item.dataset.row);
      if (touched !== null && !touched.has(row)) continue;
      this.#writeFree(
        item,
        this.#outline.freeInRow[row],
        plan.rows[row].end - plan.rows[row].first,
      );
      const group = /** @type {Element} */ (item.nextElementSibling);
      for (const seat of itemsIn(group, 'seat')) this.#writeSeat(seat, plan);
    }
  }

  /** @param {HTMLElement} item */
  #writeSection(item) {
    const section = this.#outline?.sections[Number(item.dataset.section)];
    if (section) this.#writeFree(item, section.free, section.count);
  }

  /**
   * @param {HTMLElement} item
   * @param {number} free
   * @param {number} all
   */
  #writeFree(item, free, all) {
    const isKnown = this.#session.sync.statuses.length > 0;
    const some = free > 0 ? t('list.free', { count: free, all }) : t('list.none_free');
    put(part(item, 'about'), isKnown ? some : t('list.not_known'));
    item.toggleAttribute('data-none', isKnown && free === 0);
  }

  /**
   * @param {HTMLElement} item
   * @param {SeatPlan} plan
   */
  #writeSeat(item, plan) {
    const seat = Number(item.dataset.seat);
    const { holding, show } = this.#session;
    const price = this.#session.priceOf(seat);
    const isPriced = show !== null && price !== undefined;
    put(part(item, 'about'), plan.categories[plan.category[seat]].name);
    put(part(item, 'price'), isPriced ? money(price, show.currency) : '');
    const { look, words } = this.#statusOf(seat);
    put(part(item, 'status'), words);
    item.dataset.look = look;
    item.ariaSelected = String(holding.seats.has(seat));
  }

  /** @param {number} seat */
  #statusOf(seat) {
    const { holding, sync } = this.#session;
    if (holding.changing.has(seat)) return { look: 'changing', words: t('seat.changing') };
    if (holding.seats.has(seat)) return { look: 'own', words: t('seat.yours') };
    if (holding.booking?.seats.includes(seat)) {
      return { look: 'own', words: t('seat.yours_booked') };
    }
    const status = sync.statuses[seat];
    if (status === undefined) return { look: 'unknown', words: t('seat.unknown') };
    const { look, key } = LOOKS[status];
    const words = t(key);
    const isLive = sync.freshness.state === 'live';
    return { look, words: isLive ? words : t('seat.last_known', { status: words }) };
  }

  /**
   * @param {HTMLElement} item
   * @param {boolean} isOpen
   */
  #expand(item, isOpen) {
    const group = /** @type {HTMLElement} */ (item.nextElementSibling);
    item.ariaExpanded = String(isOpen);
    group.hidden = !isOpen;
    if (!isOpen) return group.replaceChildren();
    const { section, row } = item.dataset;
    group.replaceChildren(
      ...(row === undefined ? this.#rowsOf(Number(section)) : this.#seatsOf(Number(row))),
    );
    countItems(group, row === undefined ? 2 : 3);
    this.#touched = null;
    this.#write();
  }

  /** @param {number} section */
  #rowsOf(section) {
    const { plan } = this.#session;
    if (this.#outline === null || plan === null) return [];
    const { firstRow, endRow } = this.#outline.sections[section];
    return plan.rows
      .slice(firstRow, endRow)
      .map(({ label, number }, index) =>
        branch({ row: firstRow + index }, label || t('list.no_row'), number),
      );
  }

  /** @param {number} row */
  #seatsOf(row) {
    const { plan } = this.#session;
    if (plan === null) return [];
    const { first, end } = plan.rows[row];
    return Array.from({ length: end - first }, (_, index) => leaf(first + index, plan));
  }

  #speak() {
    const { sync } = this.#session;
    const { state, since } = sync.freshness;
    if (state === 'stale' && since !== null) {
      return put(this.#summary, t('list.summary_stale', { time: clockTime(since) }));
    }
    const isKnown = sync.statuses.length > 0;
    const words = isKnown
      ? t('list.summary', { count: sync.counts[0] })
      : t('list.summary_waiting');
    put(this.#summary, words);
  }
}
