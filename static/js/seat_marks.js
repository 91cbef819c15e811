/** What a seat is to this buyer, beside its status for everybody. Pure. */

export const SeatMark = Object.freeze({ NONE: 0, CHANGING: 1, OWN: 2, OWN_BOOKED: 3 });

/**
 * Write each seat's mark into *marks*.
 *
 * @param {Uint8Array} marks
 * @param {object} own
 * @param {Iterable<number>} own.held
 * @param {Iterable<number>} own.changing
 * @param {Iterable<number>} own.booked
 */
export function writeMarks(marks, { held, changing, booked }) {
  marks.fill(SeatMark.NONE);
  for (const seat of booked) if (seat < marks.length) marks[seat] = SeatMark.OWN_BOOKED;
  for (const seat of held) if (seat < marks.length) marks[seat] = SeatMark.OWN;
  for (const seat of changing) if (seat < marks.length) marks[seat] = SeatMark.CHANGING;
}
