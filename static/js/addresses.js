/** Where our pages are. Pure. */

/**
 * @param {number} showId
 * @param {string} bookingId
 */
export function bookingAddress(showId, bookingId) {
  return `/shows/${showId}/bookings/${bookingId}`;
}

/**
 * @param {string} path of a page, as in `location.pathname`
 * @returns {{showId: number, bookingId: string} | null} null when it names no booking
 */
export function bookingAt(path) {
  const found = /^\/shows\/(\d+)\/bookings\/([\w-]+)\/?$/.exec(path);
  return found && { showId: Number(found[1]), bookingId: found[2] };
}

/**
 * @param {string} path
 * @returns {number | null} null when it names no show
 */
export function showAt(path) {
  const found = /^\/shows\/(\d+)\/?$/.exec(path);
  return found && Number(found[1]);
}
