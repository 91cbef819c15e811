/** The kiosk's first screen: what is on, when, for how much, and how many seats are free. */

import { byId } from './dom.js';
import { money, showTime, wholeNumber } from './formats.js';
import { SeatStatus } from './protocol.js';
import { freshnessWords, showState } from './sentences.js';
import { t } from './texts.js';

/** @typedef {import('./show_session.js').ShowSession} ShowSession */
/** @typedef {import('./protocol.js').Show} Show */

/** Shows of these kinds have nothing to begin with. */
const OVER = Object.freeze(['cancelled', 'closed']);

/**
 * @param {ShowSession} session
 * @param {boolean} isClear nothing is left of the last visitor
 */
export function renderAttract({ show, sync }, isClear) {
  const isLive = sync.freshness.state === 'live';
  const begin = /** @type {HTMLButtonElement} */ (byId('begin'));
  byId('attract-link').textContent = isLive ? '' : freshnessWords(sync.freshness);
  begin.disabled = show === null || !isClear || !isLive;
  if (show === null) return;
  begin.hidden = byId('facts').hidden = OVER.includes(show.status);
  renderHeading(show);
  const state = byId('attract-state');
  state.textContent = [showState(show), show.message].filter(Boolean).join(' ');
  state.dataset.status = show.status;
  state.hidden = state.textContent === '';
  byId('attract-price').textContent = priceRange(show);
  // A number that may be wrong by now is not shown as one that is right.
  const free = sync.counts[SeatStatus.AVAILABLE];
  byId('attract-free').textContent = isLive ? wholeNumber(free) : '–';
  byId('attract-free-words').textContent = t('kiosk.free', { count: free });
  begin.textContent = t(show.status === 'on_sale' ? 'kiosk.begin' : 'kiosk.look');
}

/** @param {Show} show */
function renderHeading({ title, starts_at }) {
  document.title = title;
  for (const element of document.querySelectorAll('.show-title')) element.textContent = title;
  const when = showTime(starts_at);
  for (const element of document.querySelectorAll('.show-when')) element.textContent = when;
}

/**
 * Return the lowest and the highest price, once when they are the same.
 *
 * @param {Pick<Show, 'prices' | 'currency'>} show
 */
export function priceRange({ prices, currency }) {
  const amounts = Object.values(prices);
  if (amounts.length === 0) return '';
  const ends = [Math.min(...amounts), Math.max(...amounts)].map((amount) =>
    money(amount, currency),
  );
  return [...new Set(ends)].join(' – ');
}
