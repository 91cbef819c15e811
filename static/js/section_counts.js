/** How many seats of each section and category are free, kept up with every change. Pure. */

import { SeatStatus } from './protocol.js';

/** @typedef {import('./plan.js').SeatPlan} SeatPlan */

export class SectionCounts {
  #plan;
  #sectionOf;
  /** What was counted; the caller's array has changed by the time we hear of it. */
  #counted = new Uint8Array(0);
  #free;
  #byCategory;
  /** Grows with each change of a section's numbers. */
  #versions;

  /**
   * @param {SeatPlan} plan
   * @param {number} sections how many there are
   * @param {Uint16Array} sectionOf by seat
   */
  constructor(plan, sections, sectionOf) {
    this.#plan = plan;
    this.#sectionOf = sectionOf;
    this.#free = new Uint32Array(sections);
    this.#byCategory = new Uint32Array(sections * plan.categories.length);
    this.#versions = new Uint32Array(sections);
  }

  /** False until the statuses have come. */
  get isKnown() {
    return this.#counted.length === this.#plan.count && this.#plan.count > 0;
  }

  /**
   * Count what is new in *statuses*.
   *
   * @param {Uint8Array} statuses one per seat, or empty when unknown
   * @param {Iterable<[number, number]> | null} changes null for everything
   */
  count(statuses, changes) {
    if (changes === null || !this.isKnown) return this.#countAll(statuses);
    for (const [seat] of changes) {
      const before = this.#counted[seat];
      const now = statuses[seat];
      if (before === now) continue;
      this.#counted[seat] = now;
      if (before === SeatStatus.AVAILABLE) this.#add(seat, -1);
      if (now === SeatStatus.AVAILABLE) this.#add(seat, 1);
    }
  }

  /** @param {number} section */
  freeIn(section) {
    return this.#free[section];
  }

  /**
   * @param {number} section
   * @param {number} category
   */
  freeOf(section, category) {
    return this.#byCategory[section * this.#plan.categories.length + category];
  }

  /**
   * Return a number that is another one when a section's numbers are.
   *
   * @param {number} section
   */
  versionOf(section) {
    return this.#versions[section];
  }

  /** @param {Uint8Array} statuses */
  #countAll(statuses) {
    this.#counted = statuses.slice();
    this.#free.fill(0);
    this.#byCategory.fill(0);
    for (let section = 0; section < this.#versions.length; section++) this.#versions[section] += 1;
    if (!this.isKnown) return;
    for (let seat = 0; seat < statuses.length; seat++) {
      if (statuses[seat] === SeatStatus.AVAILABLE) this.#add(seat, 1);
    }
  }

  /**
   * @param {number} seat
   * @param {number} by
   */
  #add(seat, by) {
    const section = this.#sectionOf[seat];
    this.#free[section] += by;
    this.#byCategory[section * this.#plan.categories.length + this.#plan.category[seat]] += by;
    this.#versions[section] += 1;
  }
}
