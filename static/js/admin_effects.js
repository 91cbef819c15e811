/** What a change of a show is and does, in words. Pure. */

import { money, showTime } from './formats.js';
import { showStatusWords } from './sentences.js';
import { t } from './texts.js';

/** @typedef {import('./protocol.js').Show} Show */
/** @typedef {import('./admin_api.js').Stake} Stake */

/**
 * Return what would change, as people read it: name, before, after.
 *
 * @param {Show} show
 * @param {Partial<Show>} patch
 * @returns {[string, string, string][]}
 */
export function differences(show, { status, starts_at, message, prices }) {
  /** @type {[string, string, string][]} */
  const rows = [];
  if (status !== undefined) {
    rows.push([t('admin.status'), showStatusWords(show.status), showStatusWords(status)]);
  }
  if (starts_at !== undefined) {
    rows.push([t('admin.start'), showTime(show.starts_at), showTime(starts_at)]);
  }
  if (message !== undefined) {
    rows.push([t('admin.message'), show.message || '–', message || '–']);
  }
  for (const [name, price] of Object.entries(prices ?? {})) {
    rows.push([name, money(show.prices[name], show.currency), money(price, show.currency)]);
  }
  return rows;
}

/**
 * Return what a change does to open holds, bookings and screens.
 *
 * @param {Partial<Show>} patch
 * @param {Stake} stake
 * @returns {string[]}
 */
export function effects({ status, prices }, { open_holds, held_seats, bookings, watchers }) {
  const isEnd = status === 'cancelled';
  const words = [];
  if (open_holds === 0) words.push(t('admin.effect_no_holds'));
  else {
    const key = isEnd ? 'admin.effect_holds_end' : 'admin.effect_holds_stay';
    words.push(t(key, { count: open_holds, seats: t('plan.seats', { count: held_seats }) }));
    if (isEnd) words.push(t('admin.effect_holds_lost'));
  }
  if (status === 'on_sale') words.push(t('admin.effect_on_sale'));
  else if (status !== undefined) words.push(t('admin.effect_no_new'));
  if (prices !== undefined && held_seats > 0 && !isEnd) words.push(t('admin.effect_prices'));
  if (bookings > 0) {
    const key = isEnd ? 'admin.effect_bookings_refund' : 'admin.effect_bookings';
    words.push(t(key, { count: bookings }));
  }
  words.push(t('admin.effect_watchers', { count: watchers }));
  return words;
}

/**
 * Return whether what *patch* changes was changed by somebody else between two states of a show.
 *
 * @param {Partial<Show>} patch
 * @param {Show} before
 * @param {Show} now
 */
export function isOvertaken({ prices = {}, ...fields }, before, now) {
  const names = /** @type {(keyof Show)[]} */ (Object.keys(fields));
  return (
    names.some((name) => before[name] !== now[name]) ||
    Object.keys(prices).some((name) => before.prices[name] !== now.prices[name])
  );
}
