/** Where on the picture of a plan a fault stands. Pure; takes documents that break every rule. */

/** @typedef {{x: number, y: number}} Point */

/**
 * Return the point of the seat, area, row or zone that *place* lies in; null when it lies in none
 * or nothing of it has a position.
 *
 * @param {any} document the plan as it was read
 * @param {string} place as in "zones[0].rows[3].seats[2].seat_guid"
 * @returns {Point | null}
 */
export function pointOf(document, place) {
  const [root, zoneIndex, kind, index, , seatIndex = 0] = keysOf(place);
  const zone = root === 'zones' ? document?.zones?.[zoneIndex] : undefined;
  const zoneAt = positionOf(zone) ?? { x: 0, y: 0 };
  if (kind === 'areas') return sum(zoneAt, positionOf(zone?.areas?.[index]));
  const row = kind === 'rows' ? zone?.rows?.[index] : zone?.rows?.[0];
  const rowAt = sum(zoneAt, positionOf(row) ?? { x: 0, y: 0 });
  // A row begins where its first seat is, and a seat without a position is beside its neighbours.
  return sum(rowAt, nearestPosition(row?.seats, Number(seatIndex)));
}

/**
 * Split a place into its keys and indexes.
 *
 * @param {string} place
 * @returns {(string | number)[]}
 */
export function keysOf(place) {
  return [...place.matchAll(/\[(\d+)\]|([^.[\]]+)/g)].map(([, index, key]) =>
    index === undefined ? key : Number(index),
  );
}

/**
 * @param {unknown} seats
 * @param {number} index
 * @returns {Point | null}
 */
function nearestPosition(seats, index) {
  if (!Array.isArray(seats)) return null;
  let best = null;
  let bestDistance = Infinity;
  seats.forEach((seat, other) => {
    const position = positionOf(seat);
    const distance = Math.abs(other - index);
    if (position === null || distance >= bestDistance) return;
    best = position;
    bestDistance = distance;
  });
  return best;
}

/**
 * @param {any} piece
 * @returns {Point | null}
 */
function positionOf(piece) {
  const { x, y } = piece?.position ?? {};
  return Number.isFinite(x) && Number.isFinite(y) ? { x, y } : null;
}

/**
 * @param {Point | null} one
 * @param {Point | null} other
 * @returns {Point | null}
 */
function sum(one, other) {
  return one && other && { x: one.x + other.x, y: one.y + other.y };
}
