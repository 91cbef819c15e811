/** Which of the seats that were to be blocked somebody else had blocked before, and why. */

import { WireError } from './protocol.js';
import { t } from './texts.js';

/** @typedef {import('./admin_api.js').AdminApi} AdminApi */
/** @typedef {import('./plan.js').SeatPlan} SeatPlan */
/** @typedef {{show: number, seats: number[], reason: string, version: number}} Blocking
 *   version: at which the server says that it is so */

/** Nobody reads more labels, and each lost seat's reason is a question of its own. */
const NAMED_MAX = 10;

/**
 * Say which seats were blocked before, with the reasons of whoever was faster, which stay. Empty
 * when there are none, or when they were blocked for the same reason.
 *
 * @param {Pick<AdminApi, 'events' | 'seat'>} api
 * @param {Blocking} blocking
 * @param {SeatPlan | null} plan
 * @returns {Promise<string>}
 */
export async function blockedBefore(api, blocking, plan) {
  try {
    const lost = await lostSeats(api, blocking);
    const named = lost.slice(0, NAMED_MAX);
    const reasons = await Promise.all(
      named.map(async (seat) => (await api.seat(blocking.show, seat)).reason ?? ''),
    );
    if (reasons.every((reason) => reason === blocking.reason)) return '';
    const seats = byReason(named, reasons).map(([reason, seats]) => {
      const names = labelsOf(seats, plan);
      return t(reason ? 'admin.blocked_because' : 'admin.blocked_silently', { names, reason });
    });
    return t('admin.blocked_before', { seats: withRest(seats.join(', '), lost.length) });
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    // The seats are blocked; only who was first is not known.
    return '';
  }
}

/**
 * Return the labels of seats, up to a bound.
 *
 * @param {number[]} seats
 * @param {SeatPlan | null} plan
 */
export function labelsOf(seats, plan) {
  const labels = seats.slice(0, NAMED_MAX).map((seat) => plan?.labels[seat] ?? String(seat));
  return withRest(labels.join(', '), seats.length);
}

/**
 * @param {string} names of the first NAMED_MAX
 * @param {number} count of all
 */
function withRest(names, count) {
  return count > NAMED_MAX ? t('plan.and_more', { names, count: count - NAMED_MAX }) : names;
}

/**
 * Return the seats that the blocking did not have to take: the history says which it took. One that
 * took none is no version of its own: what stands there is somebody else's.
 *
 * @param {Pick<AdminApi, 'events'>} api
 * @param {Blocking} blocking
 */
async function lostSeats(api, { show, seats, version, reason }) {
  const { events } = await api.events(show, version - 1);
  const own = events.find(
    (event) =>
      event.version === version &&
      event.kind === 'block' &&
      (event.detail?.reason ?? '') === reason,
  );
  const taken = new Set(own?.seats);
  return seats.filter((seat) => !taken.has(seat));
}

/**
 * @param {number[]} seats
 * @param {string[]} reasons of each
 */
function byReason(seats, reasons) {
  /** @type {Map<string, number[]>} */
  const groups = new Map();
  seats.forEach((seat, index) => {
    const group = groups.get(reasons[index]);
    if (group) group.push(seat);
    else groups.set(reasons[index], [seat]);
  });
  return [...groups];
}
