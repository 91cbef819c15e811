/** What a form about a show says, as the change that it asks for. Pure. */

import { LOCALE } from './texts.js';

/** The server's, in minor units. */
const PRICE_MAX = 1_000_000_000;

/** The last moment whose year has four digits, as a datetime-local input wants it. */
export const START_MAX = '9999-12-31T23:59';

/** @typedef {import('./protocol.js').Show} Show */
/** @typedef {{status: string, startsAt: string, message: string, prices: Record<string, string>}}
 *   ShowFields as people type them; startsAt: local, as in a datetime-local input */

/**
 * Return the fields that differ from the show, as PATCH takes them. Throws RangeError, naming the
 * field, for what is no price or no time.
 *
 * @param {Show} show
 * @param {ShowFields} fields
 * @returns {Partial<Pick<Show, 'status' | 'starts_at' | 'message' | 'prices'>>}
 */
export function patchOf(show, { status, startsAt, message, prices }) {
  /** @type {Partial<Pick<Show, 'status' | 'starts_at' | 'message' | 'prices'>>} */
  const patch = {};
  if (status !== show.status) patch.status = status;
  if (startsAt !== localTime(show.starts_at)) patch.starts_at = momentOf(startsAt);
  if (message.trim() !== (show.message ?? '')) patch.message = message.trim();
  /** @type {Record<string, number>} */
  const changed = {};
  for (const [name, text] of Object.entries(prices)) {
    const price = minorUnits(text, show.currency);
    if (price === null) throw new RangeError(name);
    if (price !== show.prices[name]) changed[name] = price;
  }
  if (Object.keys(changed).length > 0) patch.prices = changed;
  return patch;
}

/**
 * Return an amount as people type it in whole minor units; null when it is none, or too large.
 *
 * @param {string} text as in "89", "89.50" or "89,50"
 * @param {string} currency
 * @returns {number | null}
 */
export function minorUnits(text, currency) {
  const digits = digitsOf(currency);
  const [, whole, fraction = ''] = /^\s*(\d{1,9})(?:[.,](\d*))?\s*$/.exec(text) ?? [];
  if (whole === undefined || fraction.length > digits) return null;
  const amount = Number(whole) * 10 ** digits + Number(fraction.padEnd(digits, '0'));
  return amount <= PRICE_MAX ? amount : null;
}

/**
 * Return minor units as people type them: "89.50", in German "89,50".
 *
 * @param {number} amount
 * @param {string} currency
 * @param {string} [locale]
 */
export function typedAmount(amount, currency, locale = LOCALE) {
  const digits = digitsOf(currency);
  const format = new Intl.NumberFormat(locale, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    useGrouping: false,
  });
  return format.format(amount / 10 ** digits);
}

/**
 * Return a moment as a datetime-local input wants it, in the reader's time zone.
 *
 * @param {string} moment ISO 8601 with offset
 */
export function localTime(moment) {
  const at = new Date(moment);
  const local = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}

/**
 * Return a datetime-local input's value as a moment. Throws RangeError when it is none.
 *
 * @param {string} local
 */
export function momentOf(local) {
  const at = new Date(local);
  if (Number.isNaN(at.getTime())) throw new RangeError('starts_at');
  return at.toISOString();
}

/** @param {string} currency */
function digitsOf(currency) {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency });
  return format.resolvedOptions().maximumFractionDigits ?? 2;
}
