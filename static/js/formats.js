/** Numbers, money and times as the reader writes them. Pure. */

import { LOCALE } from './texts.js';

/** @type {Intl.DateTimeFormatOptions} */
const SHOW_TIME = {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: 'numeric',
  minute: '2-digit',
  timeZoneName: 'short',
};

/**
 * @param {number} minorUnits
 * @param {string} currency
 * @param {string} [locale]
 */
export function money(minorUnits, currency, locale = LOCALE) {
  const format = new Intl.NumberFormat(locale, { style: 'currency', currency });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(minorUnits / 10 ** digits);
}

/** @param {number} value */
export function wholeNumber(value) {
  return new Intl.NumberFormat(LOCALE).format(value);
}

/** @param {number} wallMs milliseconds since 1970 */
export function clockTime(wallMs) {
  return new Intl.DateTimeFormat(LOCALE, { timeStyle: 'medium' }).format(wallMs);
}

/**
 * Return a day as on a tear-off calendar, in the reader's own time zone.
 *
 * @param {string} at ISO 8601
 */
export function dateParts(at) {
  const format = new Intl.DateTimeFormat(LOCALE, { day: 'numeric', month: 'short' });
  const parts = format.formatToParts(new Date(at));
  const find = (/** @type {string} */ type) =>
    parts.find((part) => part.type === type)?.value ?? '';
  return { day: find('day'), month: find('month') };
}

/**
 * Return a day and a time of it, in the reader's own time zone.
 *
 * @param {string} at ISO 8601
 */
export function clockDay(at) {
  const format = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'medium', timeStyle: 'short' });
  return format.format(new Date(at));
}

/**
 * Return a show's start in the reader's own time zone, and name it: the house may lie in another.
 *
 * @param {string} startsAt ISO 8601
 */
export function showTime(startsAt) {
  return new Intl.DateTimeFormat(LOCALE, SHOW_TIME).format(new Date(startsAt));
}

/**
 * @param {number} seconds
 * @param {string} [locale]
 */
export function duration(seconds, locale = LOCALE) {
  const [value, unit] = seconds < 120 ? [seconds, 'second'] : [Math.floor(seconds / 60), 'minute'];
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(value);
}

/** @param {number} remainingMs */
export function countdown(remainingMs) {
  const seconds = Math.ceil(remainingMs / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
