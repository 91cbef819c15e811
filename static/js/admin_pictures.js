/** Items of the live panel. Each is made once, and then brought up to date where it is. */

import { write } from './admin_keyed.js';
import { make } from './dom.js';
import { money, wholeNumber } from './formats.js';
import { PARTS, sharesOf } from './sales_figures.js';
import { t } from './texts.js';

/** @typedef {import('./admin_api.js').CategorySales & {currency: string}} Bar */
/** @typedef {{kind: string, name: string, value: string, more: string}} Figure */
/** @typedef {{name: string, value: number, share: number}} Rung share: from 0 to 1 of the longest */

/** One of the large figures. @param {Figure} first */
export function figure({ kind, name }) {
  const value = make('span');
  const more = make('small');
  const element = make(
    'div',
    { dataset: { kind } },
    make('dt', {}, name),
    make('dd', {}, value, more),
  );
  const update = (/** @type {Figure} */ latest) => {
    write(value, latest.value);
    write(more, latest.more);
    more.hidden = latest.more === '';
  };
  return { element, update };
}

/** A category as a bar of its parts. @param {Bar} first */
export function bar({ name }) {
  const revenue = make('span');
  const words = make('p', { className: 'soft' });
  const pieces = PARTS.map((part) => make('i', { className: `part ${part}` }));
  const element = make(
    'li',
    {},
    make('p', { className: 'row' }, make('strong', {}, name), revenue),
    make('div', { className: 'bar-line', ariaHidden: 'true' }, ...pieces),
    words,
  );
  const update = (/** @type {Bar} */ category) => {
    const shares = sharesOf(category);
    PARTS.forEach((part, index) => {
      pieces[index].style.flexGrow = String(shares[part]);
      pieces[index].hidden = shares[part] === 0;
    });
    write(revenue, money(category.revenue, category.currency));
    write(words, partsWords(category));
  };
  return { element, update };
}

/** A name with its count, and a line as long as it. @param {Rung} first */
export function rung({ name }) {
  const count = make('strong');
  const line = make('i', { ariaHidden: 'true' });
  const element = make('li', {}, make('span', {}, name), count, line);
  const update = (/** @type {Rung} */ { value, share }) => {
    write(count, wholeNumber(value));
    line.style.inlineSize = `${share * 100}%`;
  };
  return { element, update };
}

/** What the parts of a bar are. */
export function legend() {
  return make(
    'p',
    { className: 'parts', ariaHidden: 'true' },
    ...PARTS.map((part) =>
      make('span', {}, make('i', { className: `part ${part}` }), t(`admin.${part}`)),
    ),
  );
}

/** @param {import('./admin_api.js').CategorySales} category */
function partsWords(category) {
  return PARTS.filter((part) => category[part] > 0)
    .map((part) => `${wholeNumber(category[part])} ${t(`admin.${part}`)}`)
    .join(' · ');
}
