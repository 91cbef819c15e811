/** What the pages have to say, made of texts and of what happened. Pure. */

import { clockTime } from './formats.js';
import { SeatStatus } from './protocol.js';
import { hasText, t } from './texts.js';

/** @typedef {import('./plan.js').SeatPlan} SeatPlan */
/** @typedef {import('./protocol.js').Show} Show */
/** @typedef {import('./hold_watch.js').Notice | {kind: 'not_free', seat: number, status: number}}
 *   AnyNotice */

const SEATS_NAMED_MAX = 3;

/** @type {Readonly<Record<number, string>>} */
const STATUS_NAMES = Object.freeze({
  [SeatStatus.AVAILABLE]: 'available',
  [SeatStatus.HELD]: 'held',
  [SeatStatus.BOOKED]: 'booked',
  [SeatStatus.BLOCKED]: 'blocked',
});

/** @param {number} status of a seat */
export function statusWords(status) {
  return t(`seat.${STATUS_NAMES[status]}`);
}

/** @param {string} status of a show */
export function showStatusWords(status) {
  const key = `status.${status}`;
  return hasText(key) ? t(key) : status;
}

/** While a show is of these, no new seats can be held, and held ones can still be booked. */
const HOLDS_KEPT = Object.freeze(['paused', 'postponed', 'closed']);

/**
 * Say how it stands with a show for whoever holds no seats.
 *
 * @param {{status: string}} show
 * @returns {string} empty while tickets are on sale
 */
export function showState({ status }) {
  if (status === 'on_sale') return '';
  const key = `banner.${status}`;
  return t(hasText(key) ? key : 'banner.unknown');
}

/**
 * Say what becomes of the seats that somebody holds.
 *
 * @param {{status: string}} show
 * @returns {string} empty where that goes without saying
 */
export function keptWords({ status }) {
  return HOLDS_KEPT.includes(status) ? t('banner.kept') : '';
}

/**
 * Say how it stands with a show and with the seats that somebody holds.
 *
 * @param {{status: string}} show
 * @returns {string} empty while tickets are on sale
 */
export function showBanner(show) {
  return [showState(show), keptWords(show)].filter(Boolean).join(' ');
}

/**
 * @param {import('./seat_map_sync.js').Freshness} freshness
 * @returns {string}
 */
export function freshnessWords({ state, since }) {
  if (state !== 'stale') return t(`fresh.${state}`);
  return since === null ? t('fresh.never') : t('fresh.stale', { time: clockTime(since) });
}

/** @param {import('./show_session.js').Problem} problem */
export function problemWords({ kind, words }) {
  return t(`problem.${kind}`, { words });
}

/**
 * @param {AnyNotice} notice
 * @param {SeatPlan | null} plan
 * @param {Show | null} show
 * @returns {string}
 */
export function noticeWords(notice, plan, show) {
  if (notice.kind === 'not_free') {
    return t(`notice.seat_${STATUS_NAMES[notice.status]}`, {
      names: nameSeats([notice.seat], plan),
    });
  }
  if (notice.kind === 'booking_cancelled') {
    return t('notice.booking_cancelled', { booking: notice.booking });
  }
  if (notice.kind === 'no_more_time') return t('notice.extended_most');
  const names = nameSeats(notice.seats, plan);
  if (notice.kind === 'ended') return t(endedKey(notice.status, show), { names });
  return refused(notice, names, show);
}

/**
 * @param {number[]} seats
 * @param {SeatPlan | null} plan
 */
export function nameSeats(seats, plan) {
  if (plan === null) {
    return seats.length === 1 ? t('plan.the_seat') : t('basket.total', { count: seats.length });
  }
  const names = namesByRow(seats.slice(0, SEATS_NAMED_MAX), plan).join('; ');
  const count = seats.length - SEATS_NAMED_MAX;
  return count > 0 ? t('plan.and_more', { names, count }) : names;
}

/**
 * @param {string} status of the hold that has ended
 * @param {Show | null} show
 */
function endedKey(status, show) {
  if (show?.status === 'cancelled') return 'notice.show_cancelled';
  return status === 'released' || status === 'expired' ? `notice.${status}` : 'notice.hold_ended';
}

/**
 * Name seats with their row once: "Stalls, Row 4, Seat 7, Seat 8".
 *
 * @param {number[]} seats
 * @param {SeatPlan} plan
 */
function namesByRow(seats, plan) {
  /** @type {string[]} */
  const names = [];
  seats.forEach((seat, index) => {
    const isSameRow = index > 0 && plan.row[seat] === plan.row[seats[index - 1]];
    if (isSameRow) names.push(`${names.pop()}, ${plan.seatNameOf(seat)}`);
    else names.push(plan.nameOf(seat));
  });
  return names;
}

/**
 * @param {Extract<AnyNotice, {kind: 'refused'}>} notice
 * @param {string} names
 * @param {Show | null} show
 */
function refused({ action, error }, names, show) {
  switch (error.code) {
    case 'seats_taken':
      return t('notice.faster', { names });
    case 'hold_limit':
      if (show === null) return t('notice.hold_limit_unknown');
      return t('notice.hold_limit', { count: show.seats_per_hold_max });
    case 'show_closed':
      return (show && showState(show)) || t('banner.unknown');
    case 'not_connected':
      return t('notice.not_connected');
    case 'unknown_outcome':
    case 'timeout':
    case 'link_lost':
      return t('notice.unknown_outcome', { names });
    case 'unauthorized':
      return t('notice.unauthorized');
    case 'unavailable':
    case 'rate_limited':
      return t('notice.busy');
    default:
      return t(`notice.${action}_failed`);
  }
}
