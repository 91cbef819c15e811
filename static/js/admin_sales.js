/** How a show sells, as pictures: bars by category, bookings a minute, holds about to lapse. */

import { KeyedList, write } from './admin_keyed.js';
import { LapsingHolds } from './admin_lapsing.js';
import { bar, figure, legend, rung } from './admin_pictures.js';
import { SparkPicture } from './admin_spark.js';
import { byId, make } from './dom.js';
import { clockTime, money, wholeNumber } from './formats.js';
import { LOCALE, hasText, t } from './texts.js';
import { totalsOf } from './sales_figures.js';

/** @typedef {import('./admin_api.js').Sales} Sales */
/** @typedef {import('./protocol.js').Show} Show */

const TICK_MS = 250;

/** @type {Intl.NumberFormatOptions} */
const PERCENT = { style: 'percent', maximumFractionDigits: 1 };

export class SalesPanel {
  #root = byId('sales');
  #age = byId('figures-age');
  #figures = new KeyedList(byId('figures'), figure);
  #bars = new KeyedList(make('ul', { className: 'bars' }), bar);
  #spark = new SparkPicture();
  #lapsing;
  #watchersTitle = make('h2');
  #noInstances = make('p', { className: 'soft' }, t('admin.no_watchers'));
  #instances = new KeyedList(make('ul', { className: 'ladder' }), rung);
  #noRefusals = make('p', { className: 'soft' }, t('admin.no_refusals'));
  #refusals = new KeyedList(make('ul', { className: 'ladder' }), rung);
  /** When the figures were true, in ms since 1970; null before there are any. */
  #takenAtMs = /** @type {number | null} */ (null);

  /** @param {(seats: number[]) => void} onLook somebody wants to see these seats */
  constructor(onLook) {
    this.#lapsing = new LapsingHolds(onLook);
    setInterval(() => this.#lapsing.tick(), TICK_MS);
  }

  clear() {
    this.#takenAtMs = null;
    this.#root.replaceChildren(make('p', { className: 'soft' }, t('admin.loading')));
    this.#figures.show([]);
    write(this.#age, '');
  }

  /** @param {string} words why there are none, and will be none */
  showNone(words) {
    this.clear();
    this.#root.replaceChildren(make('p', { className: 'fault' }, words));
  }

  /** Say that the figures are not those of now. */
  showOld() {
    const since = this.#takenAtMs;
    const words =
      since === null ? t('admin.no_figures') : t('admin.figures_old', { time: clockTime(since) });
    write(this.#age, words);
  }

  /**
   * @param {Sales} sales
   * @param {Show | null} show
   */
  show(sales, show) {
    this.#takenAtMs = Date.now();
    write(this.#age, '');
    const currency = show?.currency ?? 'EUR';
    this.#showFigures(sales, currency);
    this.#bars.show(
      sales.categories.map((category) => [category.name, { ...category, currency }]),
    );
    this.#spark.show(sales.bookings_by_minute);
    this.#lapsing.show(sales.lapsing);
    write(this.#watchersTitle, t('admin.watchers', { count: sales.watchers }));
    this.#instances.show(
      rungs(sales.instances.map(({ instance, watchers }) => [instance, instance, watchers])),
    );
    this.#noInstances.hidden = !this.#instances.isEmpty;
    this.#refusals.show(
      rungs(Object.entries(sales.refusals).map(([code, n]) => [code, refusalWords(code), n])),
    );
    this.#noRefusals.hidden = !this.#refusals.isEmpty;
    if (!this.#bars.element.isConnected) this.#fill();
  }

  /** Put the parts on the page; from then on each is brought up to date where it is. */
  #fill() {
    this.#root.replaceChildren(
      make('h2', {}, t('admin.by_category')),
      legend(),
      this.#bars.element,
      make('h2', {}, t('admin.bookings_by_minute')),
      ...this.#spark.elements,
      make('h2', {}, t('admin.lapsing')),
      ...this.#lapsing.elements,
      this.#watchersTitle,
      this.#noInstances,
      this.#instances.element,
      make('h2', {}, t('admin.refusals')),
      this.#noRefusals,
      this.#refusals.element,
    );
  }

  /**
   * @param {Sales} sales
   * @param {string} currency
   */
  #showFigures({ categories, watchers }, currency) {
    const totals = totalsOf(categories);
    const share = totals.count === 0 ? 0 : totals.booked / totals.count;
    const percent = new Intl.NumberFormat(LOCALE, PERCENT).format(share);
    /** @type {[string, string, string, string?][]} */
    const figures = [
      ['booked', t('admin.booked'), wholeNumber(totals.booked), percent],
      ['held', t('admin.held'), wholeNumber(totals.held)],
      ['available', t('admin.available'), wholeNumber(totals.available)],
      ['blocked', t('admin.blocked'), wholeNumber(totals.blocked)],
      ['money', t('admin.revenue'), money(totals.revenue, currency)],
      ['watchers', t('admin.watching'), wholeNumber(watchers)],
    ];
    this.#figures.show(
      figures.map(([kind, name, value, more = '']) => [kind, { kind, name, value, more }]),
    );
  }
}

/**
 * Return lines whose lengths compare them with the longest.
 *
 * @param {[string, string, number][]} rows key, name, value
 * @returns {[string, import('./admin_pictures.js').Rung][]}
 */
function rungs(rows) {
  const most = Math.max(1, ...rows.map(([, , value]) => value));
  return rows.map(([key, name, value]) => [key, { name, value, share: value / most }]);
}

/** @param {string} code */
function refusalWords(code) {
  const key = `admin.refusal_${code}`;
  return hasText(key) ? t(key) : code;
}
