/** The page `/`: all shows, with links to their seats. */

import { Api } from './api.js';
import { byId, make } from './dom.js';
import { SHOW_STATUS_WORDS, money, showTime, wholeNumber } from './texts.js';

/** @typedef {import('./protocol.js').Show} Show */

const EMPTY = 'There are no shows yet.';
const FAILED = 'The shows could not be loaded. Reload the page to try again.';

/** @param {Show} show */
function card(show) {
  const { status } = show;
  return make(
    'li',
    {},
    make(
      'a',
      { href: `/shows/${show.show}` },
      make('strong', {}, show.title),
      make('span', { className: 'soft' }, showTime(show.starts_at)),
      make('span', { className: 'soft' }, [seats(show), prices(show)].filter(Boolean).join(' · ')),
      make('span', { className: 'chip', dataset: { status } }, SHOW_STATUS_WORDS[status] ?? status),
    ),
  );
}

/** @param {Show} show */
function seats({ count }) {
  return `${wholeNumber(count)} seats`;
}

/** @param {Show} show */
function prices({ prices, currency }) {
  const amounts = Object.values(prices);
  if (amounts.length === 0) return '';
  const lowest = Math.min(...amounts);
  const words = money(lowest, currency);
  return lowest === Math.max(...amounts) ? words : `from ${words}`;
}

async function showAll() {
  const words = byId('words');
  try {
    const shows = await new Api(location.origin).shows();
    byId('shows').replaceChildren(...shows.map(card));
    words.textContent = shows.length === 0 ? EMPTY : '';
  } catch {
    words.textContent = FAILED;
  }
}

showAll();
