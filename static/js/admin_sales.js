/** How a show sells, as pictures: bars by category, bookings a minute, holds about to lapse. */

import { LapsingHolds } from './admin_lapsing.js';
import { byId, make } from './dom.js';
import { money, wholeNumber } from './formats.js';
import { LOCALE, hasText, t } from './texts.js';
import { PARTS, sharesOf, sparkBars, totalsOf } from './sales_figures.js';

/** @typedef {import('./admin_api.js').Sales} Sales */
/** @typedef {import('./protocol.js').Show} Show */

const TICK_MS = 250;

const SPARK = Object.freeze({ width: 300, height: 56, leastMax: 5 });
const SVG = 'http://www.w3.org/2000/svg';

/** @type {Intl.NumberFormatOptions} */
const PERCENT = { style: 'percent', maximumFractionDigits: 1 };

export class SalesPanel {
  #root = byId('sales');
  #bars = make('ul', { className: 'bars' });
  #minutes = make('div');
  #lapsing;
  #watchersTitle = make('h2');
  #instances = make('div');
  #refusals = make('div');

  /** @param {(seats: number[]) => void} onLook somebody wants to see these seats */
  constructor(onLook) {
    this.#lapsing = new LapsingHolds(onLook);
    setInterval(() => this.#lapsing.tick(), TICK_MS);
  }

  clear() {
    this.#root.replaceChildren(make('p', { className: 'soft' }, t('admin.loading')));
    byId('figures').replaceChildren();
  }

  /** Say that the figures are not those of now. */
  showOld() {
    this.#root.setAttribute('data-old', '');
    byId('figures').setAttribute('data-old', '');
  }

  /**
   * @param {Sales} sales
   * @param {Show | null} show
   */
  show(sales, show) {
    this.#root.removeAttribute('data-old');
    byId('figures').removeAttribute('data-old');
    const currency = show?.currency ?? 'EUR';
    this.#showFigures(sales, currency);
    const bars = sales.categories.map((category) => bar(category, currency));
    this.#bars.replaceChildren(...bars);
    this.#minutes.replaceChildren(...minutes(sales.bookings_by_minute));
    this.#lapsing.show(sales.lapsing);
    this.#watchersTitle.textContent = t('admin.watchers', { count: sales.watchers });
    this.#instances.replaceChildren(
      ladder(
        sales.instances.map(({ instance, watchers }) => [instance, watchers]),
        t('admin.no_watchers'),
      ),
    );
    this.#refusals.replaceChildren(
      ladder(
        Object.entries(sales.refusals).map(([code, count]) => [refusalWords(code), count]),
        t('admin.no_refusals'),
      ),
    );
    if (!this.#bars.isConnected) this.#fill();
  }

  /** Put the parts on the page; from then on each is brought up to date where it is. */
  #fill() {
    this.#root.replaceChildren(
      make('h2', {}, t('admin.by_category')),
      legend(),
      this.#bars,
      make('h2', {}, t('admin.bookings_by_minute')),
      this.#minutes,
      make('h2', {}, t('admin.lapsing')),
      ...this.#lapsing.elements,
      this.#watchersTitle,
      this.#instances,
      make('h2', {}, t('admin.refusals')),
      this.#refusals,
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
    byId('figures').replaceChildren(
      figure('booked', t('admin.booked'), wholeNumber(totals.booked), percent),
      figure('held', t('admin.held'), wholeNumber(totals.held)),
      figure('available', t('admin.available'), wholeNumber(totals.available)),
      figure('blocked', t('admin.blocked'), wholeNumber(totals.blocked)),
      figure('money', t('admin.revenue'), money(totals.revenue, currency)),
      figure('watchers', t('admin.watching'), wholeNumber(watchers)),
    );
  }
}

function legend() {
  return make(
    'p',
    { className: 'parts', ariaHidden: 'true' },
    ...PARTS.map((part) =>
      make('span', {}, make('i', { className: `part ${part}` }), t(`admin.${part}`)),
    ),
  );
}

/**
 * @param {import('./admin_api.js').CategorySales} category
 * @param {string} currency
 */
function bar(category, currency) {
  const shares = sharesOf(category);
  const pieces = PARTS.map((part) => {
    const piece = make('i', { className: `part ${part}` });
    piece.style.flexGrow = String(shares[part]);
    piece.hidden = shares[part] === 0;
    return piece;
  });
  const words = PARTS.filter((part) => category[part] > 0)
    .map((part) => `${wholeNumber(category[part])} ${t(`admin.${part}`)}`)
    .join(' · ');
  return make(
    'li',
    {},
    make(
      'p',
      { className: 'row' },
      make('strong', {}, category.name),
      make('span', {}, money(category.revenue, currency)),
    ),
    make('div', { className: 'bar-line', ariaHidden: 'true' }, ...pieces),
    make('p', { className: 'soft' }, words),
  );
}

/** @param {number[]} values bookings by minute, oldest first */
function minutes(values) {
  const sum = values.reduce((total, value) => total + value, 0);
  const last = values.at(-1) ?? 0;
  const words = t('admin.hour', { count: sum, last });
  const picture = document.createElementNS(SVG, 'svg');
  picture.setAttribute('viewBox', `0 0 ${SPARK.width} ${SPARK.height}`);
  picture.setAttribute('preserveAspectRatio', 'none');
  picture.setAttribute('class', 'spark');
  picture.setAttribute('aria-hidden', 'true');
  for (const { x, y, width, height } of sparkBars(values, SPARK)) {
    const rect = document.createElementNS(SVG, 'rect');
    for (const [name, value] of Object.entries({ x, y, width: width * 0.8, height })) {
      rect.setAttribute(name, String(value));
    }
    picture.append(rect);
  }
  return [picture, make('p', { className: 'soft' }, words)];
}

/**
 * @param {[string, number][]} rows
 * @param {string} none
 */
function ladder(rows, none) {
  if (rows.length === 0) return make('p', { className: 'soft' }, none);
  const most = Math.max(1, ...rows.map(([, value]) => value));
  const items = rows.map(([name, value]) => {
    const line = make('i', { ariaHidden: 'true' });
    line.style.inlineSize = `${(value / most) * 100}%`;
    return make('li', {}, make('span', {}, name), make('strong', {}, wholeNumber(value)), line);
  });
  return make('ul', { className: 'ladder' }, ...items);
}

/**
 * @param {string} kind
 * @param {string} name
 * @param {string} value
 * @param {string} [more]
 */
function figure(kind, name, value, more = '') {
  return make(
    'div',
    { dataset: { kind } },
    make('dt', {}, name),
    make('dd', {}, value, ...(more ? [make('small', {}, more)] : [])),
  );
}

/** @param {string} code */
function refusalWords(code) {
  const key = `admin.refusal_${code}`;
  return hasText(key) ? t(key) : code;
}
