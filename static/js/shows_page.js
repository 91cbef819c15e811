/** The page `/`: all shows, with links to their seats. */

import { Api } from './api.js';
import { retryDelayMs } from './backoff.js';
import { systemClock } from './clock.js';
import { byId, make } from './dom.js';
import { dateParts, money, showTime } from './formats.js';
import { showStatusWords } from './sentences.js';
import { applyTexts, t } from './texts.js';

/** @typedef {import('./protocol.js').Show} Show */

const FRESH_MS = 60_000;

let attempt = 0;
let cancelRetry = () => {};

/** @param {Show} show */
function card(show) {
  const { status } = show;
  const { day, month } = dateParts(show.starts_at);
  return make(
    'li',
    {},
    make(
      'a',
      { href: `/shows/${show.show}`, dataset: { status } },
      make(
        'span',
        { className: 'date', ariaHidden: 'true' },
        make('span', {}, month),
        make('strong', {}, day),
      ),
      make(
        'span',
        { className: 'about' },
        make('strong', {}, show.title),
        make('span', { className: 'soft' }, showTime(show.starts_at)),
        make(
          'span',
          { className: 'soft' },
          [seats(show), prices(show)].filter(Boolean).join(' · '),
        ),
        make('span', { className: 'chip', dataset: { status } }, showStatusWords(status)),
        ...(show.message ? [make('span', { className: 'message' }, show.message)] : []),
      ),
    ),
  );
}

/** @param {Show} show */
function seats({ count }) {
  return t('shows.seats', { count });
}

/** @param {Show} show */
function prices({ prices, currency }) {
  const amounts = Object.values(prices);
  if (amounts.length === 0) return '';
  const lowest = Math.min(...amounts);
  const words = money(lowest, currency);
  return lowest === Math.max(...amounts) ? words : t('shows.from', { price: words });
}

async function showAll() {
  cancelRetry();
  const words = byId('words');
  const list = byId('shows');
  try {
    const shows = await new Api(location.origin).shows();
    const focused = /** @type {HTMLAnchorElement | null} */ (document.activeElement)?.href;
    list.replaceChildren(...shows.map(card));
    if (focused) [...list.querySelectorAll('a')].find(({ href }) => href === focused)?.focus();
    words.textContent = shows.length === 0 ? t('shows.none') : '';
    byId('again').hidden = true;
    attempt = 0;
  } catch {
    words.textContent = t('shows.failed');
    byId('again').hidden = false;
    cancelRetry();
    attempt += 1;
    cancelRetry = systemClock.after(retryDelayMs(attempt, systemClock.random()), showAll);
  }
}

applyTexts();
document.title = `${t('shows.title')} · Seatwire`;
byId('again').addEventListener('click', showAll);
const refresh = () => document.hidden || showAll();
document.addEventListener('visibilitychange', refresh);
setInterval(refresh, FRESH_MS);
showAll();
