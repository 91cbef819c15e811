/** A buyer's held seats, as every basket shows them: a line each, what they cost, what can be done. */

import { make } from './dom.js';
import { money } from './formats.js';
import { t } from './texts.js';

/** @typedef {import('./show_session.js').ShowSession} ShowSession */
/** @typedef {import('./holding.js').Holding} Holding */

const TICK_MS = 250;

/**
 * Render now and whenever the hold, the show or the plan has changed; tick for what counts down.
 *
 * @param {ShowSession} session
 * @param {{render: () => void, tick: () => void}} basket
 * @param {AbortSignal} signal ends it
 */
export function followHold(session, { render, tick }, signal) {
  session.on('show', render, signal);
  session.on('plan', render, signal);
  session.holding.on('change', render, signal);
  const ticking = setInterval(tick, TICK_MS);
  signal.addEventListener('abort', () => clearInterval(ticking));
  render();
}

/**
 * Return the seats that are held, asked for or being given back, in the plan's order.
 *
 * @param {Pick<Holding, 'seats' | 'changing'>} holding
 */
export function seatsOf({ seats, changing }) {
  return [...new Set([...seats, ...changing.keys()])].sort((one, other) => one - other);
}

/**
 * Return a seat's line: name, price, and a button that gives it back.
 *
 * @param {ShowSession} session
 * @param {number} seat
 */
export function seatLine(session, seat) {
  const { holding, plan } = session;
  const name = plan?.nameOf(seat) ?? '…';
  const place = make('small', { className: 'soft' }, placeWords(session, seat));
  return make(
    'li',
    {},
    make('span', {}, plan?.shortNameOf(seat) ?? name, place),
    make('span', {}, amountOf(session, session.priceOf(seat))),
    make(
      'button',
      {
        type: 'button',
        ariaLabel: t('basket.remove', { seat: name }),
        disabled:
          holding.busy !== null || (holding.changing.has(seat) && !holding.isWaiting(seat)),
        onclick: () => session.toggle(seat),
        dataset: { key: `seat-${seat}` },
      },
      '×',
    ),
  );
}

/**
 * Return a button that does something with the whole hold, as soon as no answer is waited for.
 *
 * @param {Holding} holding
 * @param {'extend' | 'release' | 'book'} action
 * @param {() => void} act
 */
export function holdButton(holding, action, act) {
  return make(
    'button',
    {
      type: 'button',
      className: action === 'book' ? 'main' : action,
      disabled: isAsking(holding) || holding.seats.size === 0,
      onclick: act,
      dataset: { key: action },
    },
    t(holding.busy === action ? `basket.busy_${action}` : `basket.${action}`),
  );
}

/** @param {Pick<Holding, 'busy' | 'changing'>} holding */
export function isAsking({ busy, changing }) {
  return busy !== null || changing.size > 0;
}

/**
 * Return what the held seats cost together, empty while that is not known.
 *
 * @param {ShowSession} session
 */
export function totalOf(session) {
  const { total, seats } = session.holding;
  return amountOf(session, total ?? (seats.size === 0 ? 0 : undefined));
}

/**
 * Say that the held seats can be booked although no others can be held; nothing while they can.
 *
 * @param {ShowSession} session
 */
export function stillYoursNote({ show }) {
  // With a cancelled show its holds end.
  const isSaid = show !== null && show.status !== 'on_sale' && show.status !== 'cancelled';
  return isSaid ? [note(t('basket.still_yours'))] : [];
}

/**
 * Say that the held seats cost something else than such seats cost now; nothing when they do not.
 *
 * @param {ShowSession} session
 */
export function priceNote(session) {
  const { holding, show, plan } = session;
  if (show === null || plan === null) return [];
  const seats = [...holding.seats];
  const prices = seats.map((seat) => holding.priceOf(seat));
  if (prices.includes(undefined)) return [note(t('basket.prices_unknown'))];
  const areToday = prices.every((price, index) => price === session.priceNowOf(seats[index]));
  return areToday ? [] : [note(t('basket.prices_kept'))];
}

/** @param {string} words */
function note(words) {
  return make('p', { className: 'note' }, words);
}

/**
 * @param {ShowSession} session
 * @param {number | undefined} minorUnits
 */
export function amountOf({ show }, minorUnits) {
  return show === null || minorUnits === undefined ? '' : money(minorUnits, show.currency);
}

/**
 * @param {ShowSession} session
 * @param {number} seat
 */
function placeWords({ holding, plan }, seat) {
  const change = holding.changing.get(seat);
  if (holding.isWaiting(seat)) return t('basket.waiting');
  if (change) return t(`basket.${change}`);
  if (plan === null) return '';
  const place = [plan.zoneOf(seat), plan.categories[plan.category[seat]].name];
  return [...new Set(place)].filter(Boolean).join(' · ');
}
