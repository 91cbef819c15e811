/**
 * Every word that code puts on a page, in English. Numbers, money and times go by the browser's
 * own language through `Intl`.
 */

import { SeatStatus } from './protocol.js';
import { Look } from './seat_sorter.js';

/** @typedef {import('./plan.js').SeatPlan} SeatPlan */
/** @typedef {import('./protocol.js').Show} Show */
/** @typedef {import('./hold_watch.js').Notice | {kind: 'not_free', seat: number, status: number}}
 *   AnyNotice */

const SEATS_NAMED_MAX = 3;

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

/** @type {Readonly<Record<number, string>>} */
export const STATUS_WORDS = Object.freeze({
  [SeatStatus.AVAILABLE]: 'Free',
  [SeatStatus.HELD]: 'Held by somebody else',
  [SeatStatus.BOOKED]: 'Booked',
  [SeatStatus.BLOCKED]: 'Not on sale',
});

/** @type {Readonly<Record<string, string>>} */
export const SHOW_STATUS_WORDS = Object.freeze({
  scheduled: 'Not on sale yet',
  on_sale: 'On sale',
  paused: 'Sales are paused',
  postponed: 'Postponed',
  cancelled: 'Cancelled',
  closed: 'Sales have ended',
});

/** @type {Readonly<Record<string, string>>} */
const SHOW_BANNERS = Object.freeze({
  scheduled: 'Tickets are not on sale yet. You can look at the seats already.',
  paused: 'Sales are paused. Seats you hold stay yours until their time is over.',
  postponed: 'This show is postponed. Seats cannot be booked at the moment.',
  cancelled: 'This show is cancelled. Seats that were held have been given back.',
  closed: 'Sales for this show have ended.',
});

export const MAP_WORDS = Object.freeze({
  loading: 'Loading the seating plan…',
  zoomIn: 'Zoom in',
  zoomOut: 'Zoom out',
  fit: 'Show the whole plan',
  yours: 'Held for you',
  yoursBooked: 'Booked by you',
  changing: 'Asking for this seat…',
  unknown: 'Waiting for the seats…',
  /** @param {string} status */
  lastKnown: (status) => `Last known: ${status}`,
});

/** By `Look`. @type {Readonly<Record<number, string>>} */
export const SIGN_WORDS = Object.freeze({
  [Look.OWN]: 'Yours',
  [Look.HELD]: 'Held by others',
  [Look.BOOKED]: 'Booked',
  [Look.BLOCKED]: 'Not on sale',
});

export const BASKET_WORDS = Object.freeze({
  title: 'Your seats',
  adding: 'Asking for this seat…',
  removing: 'Giving back…',
  timeOver: 'Time is over',
  booked: 'Booked',
  bookingId: 'Your booking number',
  dismiss: 'Choose more seats',
  action: { extend: 'More time', release: 'Give all back', book: 'Book' },
  busy: { extend: 'Asking…', release: 'Giving back…', book: 'Booking…' },
  /** @param {number} count */
  total: (count) => (count === 1 ? '1 seat' : `${wholeNumber(count)} seats`),
  /** @param {string} name */
  remove: (name) => `Give back ${name}`,
  closedHint: 'Seats cannot be held at the moment.',
  /** @param {Show} show */
  hint: ({ hold_ttl_s, seats_per_hold_max }) =>
    `Choose free seats to hold them for ${duration(hold_ttl_s)}, at most ${seats_per_hold_max}. ` +
    'Choose one again to give it back.',
});

/**
 * @param {{status: string}} show
 * @returns {string} empty while tickets are on sale
 */
export function showBanner({ status }) {
  if (status === 'on_sale') return '';
  return SHOW_BANNERS[status] ?? `This show is ${status}.`;
}

/**
 * @param {import('./seat_map_sync.js').Freshness} freshness
 * @returns {string}
 */
export function freshnessWords({ state, since }) {
  if (state === 'live') return 'Live';
  if (state === 'catching_up') return 'Catching up…';
  return since === null ? 'Not connected' : `Stale since ${clockTime(since)}`;
}

/** @param {import('./show_session.js').Problem} problem */
export function problemWords({ kind, words }) {
  if (kind === 'no_show') return `This show cannot be found. ${words}`;
  if (kind === 'no_plan') return 'The seating plan could not be loaded. Trying again…';
  if (kind === 'bad_plan') return `The seating plan cannot be drawn. ${words}`;
  return `The server has ended this connection: ${words}. Reload the page to try again.`;
}

/**
 * @param {AnyNotice} notice
 * @param {SeatPlan | null} plan
 * @param {Show | null} show
 * @returns {string}
 */
export function noticeWords(notice, plan, show) {
  if (notice.kind === 'not_free') return notFree(notice.status, nameSeats([notice.seat], plan));
  if (notice.kind === 'booking_cancelled') {
    return `Your booking ${notice.booking} was cancelled by the box office.`;
  }
  if (notice.kind === 'ended') return ended(notice.status, nameSeats(notice.seats, plan));
  return refused(notice, nameSeats(notice.seats, plan), show);
}

/**
 * @param {number[]} seats
 * @param {SeatPlan | null} plan
 */
export function nameSeats(seats, plan) {
  if (plan === null) return seats.length === 1 ? 'The seat' : `${seats.length} seats`;
  const names = seats.slice(0, SEATS_NAMED_MAX).map((seat) => plan.nameOf(seat));
  const more = seats.length - names.length;
  return names.join('; ') + (more > 0 ? ` and ${more} more` : '');
}

/** @param {number} wallMs milliseconds since 1970 */
export function clockTime(wallMs) {
  return new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' }).format(wallMs);
}

/**
 * Return a show's start in the reader's own time zone, and name it: the house may lie in another.
 *
 * @param {string} startsAt ISO 8601
 */
export function showTime(startsAt) {
  return new Intl.DateTimeFormat(undefined, SHOW_TIME).format(new Date(startsAt));
}

/**
 * @param {number} minorUnits
 * @param {string} currency
 */
export function money(minorUnits, currency) {
  const format = new Intl.NumberFormat(undefined, { style: 'currency', currency });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(minorUnits / 10 ** digits);
}

/** @param {number} value */
export function wholeNumber(value) {
  return new Intl.NumberFormat().format(value);
}

/** @param {number} seconds */
function duration(seconds) {
  const [value, unit] = seconds < 120 ? [seconds, 'second'] : [Math.floor(seconds / 60), 'minute'];
  return new Intl.NumberFormat('en', { style: 'unit', unit, unitDisplay: 'long' }).format(value);
}

/** @param {number} remainingMs */
export function countdown(remainingMs) {
  const seconds = Math.ceil(remainingMs / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/**
 * @param {number} status
 * @param {string} names
 */
function notFree(status, names) {
  if (status === SeatStatus.HELD) {
    return `${names} is held by somebody else. It comes back if they do not book it.`;
  }
  if (status === SeatStatus.BOOKED) return `${names} is booked.`;
  return `${names} is not on sale.`;
}

/**
 * @param {string} status
 * @param {string} names
 */
function ended(status, names) {
  if (status === 'released') return `No longer held for you: ${names}.`;
  if (status === 'cancelled') return `The show was cancelled, and with it your hold: ${names}.`;
  const reason = status === 'expired' ? 'Your time is over' : 'Your hold has ended';
  return `${reason}: ${names}. Choose again what is still free.`;
}

/**
 * @param {Extract<AnyNotice, {kind: 'refused'}>} notice
 * @param {string} names
 * @param {Show | null} show
 */
function refused({ action, error }, names, show) {
  switch (error.code) {
    case 'seats_taken':
      return `Somebody else was faster: ${names}.`;
    case 'hold_limit':
      return `You can hold at most ${show?.seats_per_hold_max ?? 'so many'} seats at a time.`;
    case 'show_closed':
      return (show && showBanner(show)) || error.message;
    case 'not_connected':
      return 'There is no connection right now, so nothing was changed. It comes back by itself.';
    case 'unknown_outcome':
    case 'timeout':
    case 'link_lost':
      return `No answer yet about ${names}. What is shown here is checked with the server again.`;
    case 'unauthorized':
      return 'Your session was over; a new one has begun. Please try again.';
    case 'unavailable':
    case 'rate_limited':
      return 'The server is busy and nothing was changed. Please try again in a moment.';
    default:
      return `${ACTION_FAILED[action]} ${error.message}`;
  }
}

const ACTION_FAILED = Object.freeze({
  hold: 'The seat could not be held.',
  release: 'The seats could not be given back.',
  extend: 'The time could not be extended.',
  book: 'The booking was not made.',
});
