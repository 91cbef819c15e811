/** A seat or a section of a show in words, as a tip shows them and a screen reader says them. */

import { money } from './formats.js';
import { SeatMark } from './seat_marks.js';
import { statusWords } from './sentences.js';
import { t } from './texts.js';

/** @typedef {import('./show_session.js').ShowSession} ShowSession */
/** @typedef {import('./plan.js').SeatPlan} SeatPlan */
/** @typedef {{title: string, line: string}} Words */

/**
 * @param {SeatPlan} plan
 * @param {number} seat
 * @param {number} mark a `SeatMark`
 * @param {ShowSession | null} session null for a plan without a show
 * @returns {Words}
 */
export function seatWords(plan, seat, mark, session) {
  const parts = [plan.categories[plan.category[seat]].name];
  const price = session?.priceOf(seat);
  if (session?.show && price !== undefined) parts.push(money(price, session.show.currency));
  if (session !== null) parts.push(statusOf(session, seat, mark));
  else parts.push(plan.labels[seat]);
  return { title: plan.nameOf(seat), line: parts.join(' · ') };
}

/**
 * @param {SeatPlan} plan
 * @param {import('./sections.js').Section} section
 * @param {number | null} free null when not known
 * @param {ShowSession | null} session
 * @returns {Words}
 */
export function sectionWords(plan, section, free, session) {
  const count = section.end - section.first;
  const parts = [
    free === null ? t('plan.seats', { count }) : t('map.section', { free, count }),
    ...ownWords(section, session),
    ...priceWords(plan, section, session),
  ];
  return { title: section.name, line: parts.join(' · ') };
}

/**
 * Return how many seats of a section are this buyer's, if any.
 *
 * @param {import('./sections.js').Section} section
 * @param {ShowSession | null} session
 * @returns {string[]}
 */
function ownWords({ first, end }, session) {
  const held = [...(session?.holding.seats ?? [])];
  const count = held.filter((seat) => seat >= first && seat < end).length;
  return count === 0 ? [] : [t('map.section_yours', { count })];
}

/**
 * Return what seats of a section cost, from least to most.
 *
 * @param {SeatPlan} plan
 * @param {import('./sections.js').Section} section
 * @param {ShowSession | null} session
 * @returns {string[]}
 */
function priceWords({ category, categories }, { first, end }, session) {
  const show = session?.show;
  if (!show) return [];
  const names = new Set(category.subarray(first, end));
  const prices = [...names]
    .map((index) => show.prices[categories[index].name])
    .filter((price) => price !== undefined);
  if (prices.length === 0) return [];
  const least = money(Math.min(...prices), show.currency);
  const most = money(Math.max(...prices), show.currency);
  return [least === most ? least : `${least} – ${most}`];
}

/**
 * @param {ShowSession} session
 * @param {number} seat
 * @param {number} mark
 */
function statusOf({ sync }, seat, mark) {
  if (mark === SeatMark.CHANGING) return t('seat.changing');
  if (mark === SeatMark.OWN) return t('seat.yours');
  if (mark === SeatMark.OWN_BOOKED) return t('seat.yours_booked');
  const { statuses, freshness } = sync;
  if (statuses[seat] === undefined) return t('seat.unknown');
  const words = statusWords(statuses[seat]);
  return freshness.state === 'live' ? words : t('seat.last_known', { status: words });
}
