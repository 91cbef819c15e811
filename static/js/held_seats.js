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
    make('span', {}, isPriceKnown(session) ? amountOf(session, session.priceOf(seat)) : ''),
    make(
      'button',
      {
        type: 'button',
        ariaLabel: t('basket.remove', { seat: name }),
        disabled: holding.changing.has(seat) || holding.busy !== null,
        onclick: () => holding.remove(seat),
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
 * Return what the held seats cost together.
 *
 * @param {ShowSession} session
 */
export function totalOf(session) {
  return amountOf(session, session.holding.total ?? sumOfPrices(session));
}

/**
 * @param {ShowSession} session
 * @param {number | undefined} minorUnits
 */
export function amountOf({ show }, minorUnits) {
  return show === null || minorUnits === undefined ? '' : money(minorUnits, show.currency);
}

/**
 * Say whether today's prices are those of the held seats: they keep the price that they had, and
 * only their sum is told.
 *
 * @param {ShowSession} session
 */
function isPriceKnown(session) {
  const { total } = session.holding;
  return total === null || total === sumOfPrices(session);
}

/** @param {ShowSession} session */
function sumOfPrices(session) {
  let sum = 0;
  for (const seat of session.holding.seats) sum += session.priceOf(seat) ?? 0;
  return sum;
}

/**
 * @param {ShowSession} session
 * @param {number} seat
 */
function placeWords({ holding, plan }, seat) {
  const change = holding.changing.get(seat);
  if (change) return t(`basket.${change}`);
  if (plan === null) return '';
  const place = [plan.zoneOf(seat), plan.categories[plan.category[seat]].name];
  return [...new Set(place)].filter(Boolean).join(' · ');
}
