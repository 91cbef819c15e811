/**
 * A plan as an outline: sections, their rows, and how many seats are free in each. Pure.
 */

import { SeatStatus } from './protocol.js';

/** @typedef {import('./plan.js').SeatPlan} SeatPlan */

/**
 * @typedef {object} Section
 * @property {string} name of its zone, may be empty
 * @property {number} firstRow index into the plan's rows
 * @property {number} endRow index after its last row
 * @property {number} count of its seats
 * @property {number} free
 */

export class SeatOutline {
  #plan;
  /** Of each row: which section it lies in. */
  #sectionOfRow;

  /** @param {SeatPlan} plan */
  constructor(plan) {
    this.#plan = plan;
    /** Rows of one zone follow each other in a plan. @type {Section[]} */
    this.sections = [];
    this.#sectionOfRow = new Uint32Array(plan.rows.length);
    /** How many seats are free, by row. */
    this.freeInRow = new Uint32Array(plan.rows.length);
    plan.rows.forEach((row, index) => {
      if (this.sections.at(-1)?.name !== row.zone) {
        const empty = { firstRow: index, endRow: index, count: 0, free: 0 };
        this.sections.push({ name: row.zone, ...empty });
      }
      const section = /** @type {Section} */ (this.sections.at(-1));
      section.endRow = index + 1;
      section.count += row.end - row.first;
      this.#sectionOfRow[index] = this.sections.length - 1;
    });
  }

  /**
   * Count again what has changed. Returns the rows whose seats are among the changes.
   *
   * @param {Uint8Array} statuses one per seat, or empty when unknown
   * @param {Iterable<[number, number]> | null} changes null for everything
   * @returns {Set<number>}
   */
  update(statuses, changes) {
    const rows = changes === null ? this.#plan.rows.keys() : this.#rowsOf(changes);
    const touched = new Set(rows);
    for (const row of touched) this.#countRow(row, statuses);
    return touched;
  }

  /** @param {number} row index into the plan's rows */
  sectionOf(row) {
    return this.#sectionOfRow[row];
  }

  /** @param {Iterable<[number, number]>} changes */
  *#rowsOf(changes) {
    for (const [seat] of changes) yield this.#plan.row[seat];
  }

  /**
   * @param {number} row
   * @param {Uint8Array} statuses
   */
  #countRow(row, statuses) {
    const { first, end } = this.#plan.rows[row];
    let free = 0;
    for (let seat = first; seat < end; seat++) {
      if (statuses[seat] === SeatStatus.AVAILABLE) free += 1;
    }
    this.sections[this.#sectionOfRow[row]].free += free - this.freeInRow[row];
    this.freeInRow[row] = free;
  }
}
