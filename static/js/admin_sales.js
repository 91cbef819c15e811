/** How a show sells, as pictures: bars by category, bookings a minute, holds about to lapse. */

import { byId, make } from './dom.js';
import { countdown, money, wholeNumber } from './formats.js';
import { LOCALE, hasText, t } from './texts.js';
import { PARTS, sharesOf, sparkBars, totalsOf } from './sales_figures.js';

/** @typedef {import('./admin_api.js').Sales} Sales */
/** @typedef {import('./protocol.js').Show} Show */

const TICK_MS = 250;

const SPARK = Object.freeze({ width: 300, height: 56, leastMax: 5 });
const SVG = 'http://www.w3.org/2000/svg';

/** @type {Intl.NumberFormatOptions} */
const PERCENT = { style: 'percent', maximumFractionDigits: 1 };

/** From here on a hold is about to lapse in a moment. */
const SOON_MS = 60_000;

export class SalesPanel {
  #root = byId('sales');
  #onLook;

  /** @param {(seats: number[]) => void} onLook somebody wants to see these seats */
  constructor(onLook) {
    this.#onLook = onLook;
    setInterval(() => this.#tick(), TICK_MS);
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
    const focused = /** @type {HTMLElement | null} */ (document.activeElement)?.dataset.hold;
    this.#root.replaceChildren(
      make('h2', {}, t('admin.by_category')),
      legend(),
      make('ul', { className: 'bars' }, ...sales.categories.map((one) => bar(one, currency))),
      make('h2', {}, t('admin.bookings_by_minute')),
      ...minutes(sales.bookings_by_minute),
      make('h2', {}, t('admin.lapsing')),
      this.#lapsing(sales.lapsing),
      make('h2', {}, t('admin.watchers', { count: sales.watchers })),
      ladder(
        sales.instances.map(({ instance, watchers }) => [instance, watchers]),
        t('admin.no_watchers'),
      ),
      make('h2', {}, t('admin.refusals')),
      ladder(
        Object.entries(sales.refusals).map(([code, count]) => [refusalWords(code), count]),
        t('admin.no_refusals'),
      ),
    );
    if (focused) {
      const again = this.#root.querySelector(`[data-hold="${focused}"]`);
      /** @type {HTMLElement | null} */ (again)?.focus();
    }
    this.#tick();
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

  /** @param {Sales['lapsing']} holds */
  #lapsing(holds) {
    if (holds.length === 0) return make('p', { className: 'soft' }, t('admin.no_holds'));
    const now = performance.now();
    const rows = holds.map(({ hold, holder, seats, expires_in_ms }) =>
      make(
        'li',
        {},
        make(
          'button',
          {
            type: 'button',
            title: t('admin.look'),
            onclick: () => this.#onLook(seats),
            dataset: { hold },
          },
          make('span', { className: 'holder' }, holder),
          make('span', { className: 'soft' }, t('shows.seats', { count: seats.length })),
          make('span', { className: 'time', dataset: { deadline: String(now + expires_in_ms) } }),
        ),
      ),
    );
    return make('ul', { className: 'lapsing' }, ...rows);
  }

  #tick() {
    for (const time of this.#root.querySelectorAll('[data-deadline]')) {
      const deadline = Number(/** @type {HTMLElement} */ (time).dataset.deadline);
      const remainingMs = Math.max(deadline - performance.now(), 0);
      time.textContent = countdown(remainingMs);
      time.toggleAttribute('data-soon', remainingMs < SOON_MS);
    }
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
