/**
 * The elements of the seat list. An item and its group stand side by side in an entry, so that the
 * name of the item is its own line and not everything below it.
 */

import { make } from './dom.js';

/** @typedef {import('./plan.js').SeatPlan} SeatPlan */

/**
 * Return an entry whose item opens, with its group, still closed.
 *
 * @param {{section: number} | {row: number}} of
 * @param {string} name
 * @param {string} seek what it is found by when typed
 */
export function branch(of, name, seek) {
  const entry = entryOf(of, name, seek);
  /** @type {HTMLElement} */ (entry.firstElementChild).ariaExpanded = 'false';
  entry.append(make('ul', { role: 'group', hidden: true }));
  return entry;
}

/**
 * @param {number} seat
 * @param {SeatPlan} plan
 */
export function leaf(seat, plan) {
  const entry = entryOf({ seat }, plan.seatNameOf(seat), plan.numbers[seat]);
  const sign = make('span', { className: 'sign', ariaHidden: 'true' });
  sign.style.setProperty('--free', plan.categories[plan.category[seat]].color);
  part(entry, 'name').prepend(sign);
  return entry;
}

/**
 * @param {Record<string, number>} of what the item stands for
 * @param {string} name
 * @param {string} seek
 */
function entryOf(of, name, seek) {
  const item = make(
    'div',
    { className: 'line', role: 'treeitem', tabIndex: -1, dataset: { ...of, seek } },
    make('span', { className: 'name' }, name),
    ' ',
    make('span', { className: 'about' }),
    ' ',
    make('span', { className: 'price' }),
    ' ',
    make('span', { className: 'status' }),
  );
  return make('li', { role: 'none' }, item);
}

/**
 * Say how many items there are and which is which: each stands in an entry of its own.
 *
 * @param {Element} group whose entries are counted
 * @param {number} level
 */
export function countItems({ children }, level) {
  [...children].forEach(({ firstElementChild }, index) => {
    const item = /** @type {HTMLElement} */ (firstElementChild);
    item.ariaLevel = String(level);
    item.ariaPosInSet = String(index + 1);
    item.ariaSetSize = String(children.length);
  });
}

/**
 * @param {Element} root
 * @param {'section' | 'row' | 'seat'} kind
 * @returns {NodeListOf<HTMLElement>}
 */
export function itemsIn(root, kind) {
  return root.querySelectorAll(`[data-${kind}]`);
}

/**
 * @param {Element} item
 * @param {'name' | 'about' | 'price' | 'status'} name
 * @returns {Element}
 */
export function part(item, name) {
  return /** @type {Element} */ (item.querySelector(`.${name}`));
}

/**
 * @param {Element} element
 * @param {string} words
 */
export function put(element, words) {
  if (element.textContent !== words) element.textContent = words;
}
