/** A plan that was not checked yet, made fit to be drawn: what does not fit is left out and named. */

/** @typedef {{x: number, y: number, text: string}} Fault */

const CATEGORY_UNKNOWN = Object.freeze({ name: '?', color: '#b3261e' });

/**
 * Return a document that a SeatPlan can be made of, and what was wrong, each at its place.
 *
 * @param {any} document anything at all
 * @returns {{plan: any, faults: Fault[]}}
 */
export function drawable(document) {
  /** @type {Fault[]} */
  const faults = [];
  const categories = listOf(document?.categories).filter((one) => typeof one?.name === 'string');
  const known = new Set(categories.map(({ name }) => name));
  const seen = new Set();
  const zones = listOf(document?.zones).map((zone) => {
    const zoneAt = pointOf(zone.position);
    const rows = listOf(zone.rows).map((row) => {
      const rowAt = plus(zoneAt, pointOf(row.position));
      const seats = listOf(row.seats).map((seat) => {
        const at = plus(rowAt, pointOf(seat.position));
        const text = faultOf(seat, known, seen);
        if (text) faults.push({ ...at, text });
        seen.add(seat.seat_guid);
        return {
          ...seat,
          seat_guid: String(seat.seat_guid ?? ''),
          seat_number: String(seat.seat_number ?? ''),
          position: pointOf(seat.position),
          radius: seat.radius > 0 ? seat.radius : undefined,
          category: known.has(seat.category) ? seat.category : CATEGORY_UNKNOWN.name,
        };
      });
      return {
        ...row,
        row_number: String(row.row_number ?? ''),
        position: pointOf(row.position),
        seats,
      };
    });
    return {
      ...zone,
      name: String(zone.name ?? ''),
      position: zoneAt,
      rows,
      areas: listOf(zone.areas),
    };
  });
  const plan = {
    name: String(document?.name ?? ''),
    size: document?.size,
    categories: [...categories, CATEGORY_UNKNOWN],
    zones,
  };
  return { plan, faults };
}

/**
 * @param {any} seat
 * @param {Set<string>} known categories
 * @param {Set<string>} seen guids
 */
function faultOf(seat, known, seen) {
  if (!seat.seat_guid) return 'seat_guid?';
  if (seen.has(seat.seat_guid)) return `seat_guid ${seat.seat_guid} ×2`;
  if (!known.has(seat.category)) return `category ${seat.category ?? '?'}`;
  const { x, y } = seat.position ?? {};
  return Number.isFinite(x) && Number.isFinite(y) ? '' : 'position?';
}

/** @param {any} value */
function listOf(value) {
  return Array.isArray(value) ? value.filter((one) => one !== null && typeof one === 'object') : [];
}

/** @param {any} position */
function pointOf(position) {
  const { x, y } = position ?? {};
  return { x: Number.isFinite(x) ? x : 0, y: Number.isFinite(y) ? y : 0 };
}

/**
 * @param {{x: number, y: number}} one
 * @param {{x: number, y: number}} other
 */
function plus(one, other) {
  return { x: one.x + other.x, y: one.y + other.y };
}
