/**
 * The statuses of one show's seats as this screen knows them. Pure: no DOM, no socket, no clock.
 *
 * Rule 1: a snapshot replaces everything. Rule 2: a delta counts only when its epoch is ours and
 * its `from` is our version. Rule 3: whatever does not fit is a gap, and a gap is never papered
 * over: until the next snapshot no delta fits.
 */

import { STATUS_COUNT } from './protocol.js';

/** @typedef {import('./protocol.js').Position} Position */
/** @typedef {import('./protocol.js').SnapshotPush} SnapshotPush */
/** @typedef {import('./protocol.js').DeltaPush} DeltaPush */

export class SeatState {
  /** @type {Position | null} */
  #position = null;
  /** @type {Uint8Array} */
  #statuses = new Uint8Array(0);
  #counts = new Uint32Array(STATUS_COUNT);

  /** Where in the show's history this state stands; null when it cannot be continued. */
  get position() {
    return this.#position;
  }

  /** One status byte per seat. The same array until a snapshot has another count. */
  get statuses() {
    return this.#statuses;
  }

  /** How many seats have each status, by status. */
  get counts() {
    return this.#counts;
  }

  /**
   * Replace everything with a snapshot.
   *
   * @param {Pick<SnapshotPush, 'epoch' | 'version' | 'seats'>} snapshot
   */
  applySnapshot({ epoch, version, seats }) {
    if (this.#statuses.length === seats.length) this.#statuses.set(seats);
    else this.#statuses = seats;
    this.#counts.fill(0);
    for (const status of seats) this.#counts[status] += 1;
    this.#position = { epoch, version };
  }

  /**
   * Apply a delta on top of what is here. Returns `applied`, `old` (nothing in it is new) or `gap`
   * (something is missing or wrong: ask for a snapshot); only `applied` changes anything.
   *
   * @param {Pick<DeltaPush, 'epoch' | 'from' | 'to' | 'seats'>} delta
   * @returns {'applied' | 'old' | 'gap'}
   */
  applyDelta({ epoch, from, to, seats }) {
    if (this.#position === null || epoch !== this.#position.epoch) return 'gap';
    if (from < this.#position.version && to <= this.#position.version) return 'old';
    if (from !== this.#position.version || to < from) return 'gap';
    if (!seats.every(([seat, status]) => this.#isKnown(seat, status))) return 'gap';
    for (const [seat, status] of seats) {
      this.#counts[this.#statuses[seat]] -= 1;
      this.#counts[status] += 1;
      this.#statuses[seat] = status;
    }
    this.#position = { epoch, version: to };
    return 'applied';
  }

  /** Forget the position but not the picture: the next delta is a gap, the next snapshot is not. */
  invalidate() {
    this.#position = null;
  }

  /**
   * @param {number} seat
   * @param {number} status
   */
  #isKnown(seat, status) {
    return this.#statuses[seat] !== undefined && status >= 0 && status < STATUS_COUNT;
  }
}
