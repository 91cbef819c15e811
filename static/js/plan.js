/**
 * A seating plan in the pretix JSON format as flat typed arrays. Pure.
 *
 * Seat index = place in the plan: zones in order, their rows in order, their seats in order. The
 * server counts the same way, so index 5 is the same chair on both sides. Positions nest in the
 * document (zone + row + seat); here they are absolute.
 */

/** @typedef {import('./box.js').Box} Box */
/** @typedef {import('./plan_areas.js').Area} Area */
/** @typedef {{name: string, color: string}} Category */
/** @typedef {{x: number, y: number}} Point */

/**
 * @typedef {object} Row
 * @property {string} zone name of its zone, may be empty
 * @property {number} zoneIndex place of its zone in the plan; names may repeat
 * @property {string} number
 * @property {string} label as people read it: "Row 7"
 * @property {string} seatLabel pattern with %s for the seat's number, may be empty
 * @property {'start' | 'end' | 'both' | null} numberPosition where the plan wants the number drawn
 * @property {number} first index of its first seat
 * @property {number} end index after its last seat
 * @property {Box} box of its seats with their radius
 */

import { emptyBox, growBox } from './box.js';
import { colorsOf } from './category_colors.js';
import { findGrounds, flattenArea } from './plan_areas.js';
import { t } from './texts.js';

const SEAT_RADIUS_DEFAULT = 10;
/** A seat is drawn at no less than this share of the radius that the plan gives it. */
const RADIUS_SHARE_MIN = 0.4;

/** A plan that cannot be drawn. */
export class PlanError extends Error {
  /** @param {string} message */
  constructor(message) {
    super(message);
    this.name = 'PlanError';
  }
}

export class SeatPlan {
  /**
   * @param {any} document a pretix seating plan that the server has already checked
   */
  constructor(document) {
    const count = countSeats(document.zones);
    this.name = /** @type {string} */ (document.name);
    this.count = count;
    /** @type {Category[]} */
    this.categories = withColors(document.categories);
    this.x = new Float32Array(count);
    this.y = new Float32Array(count);
    this.radius = new Float32Array(count);
    this.category = new Uint16Array(count);
    /** Index into `rows` by seat. */
    this.row = new Uint32Array(count);
    /** Unique within the plan; the label of a seat in the API. @type {string[]} */
    this.labels = new Array(count);
    /** As painted on the chair, unique within a row at best. @type {string[]} */
    this.numbers = new Array(count);
    /** @type {Row[]} */
    this.rows = [];
    /** @type {Area[]} */
    this.areas = [];
    this.#flatten(document.zones);
    this.#tellLabelsApart();
    findGrounds(this.areas);
    this.bounds = this.#measure(document.size);
    /** The median, which most seats are close to. */
    this.typicalRadius = this.radius.slice().sort()[count >> 1] ?? SEAT_RADIUS_DEFAULT;
  }

  /**
   * Return a seat's place in words: "Balcony, Row 2, Seat 14".
   *
   * @param {number} seat
   */
  nameOf(seat) {
    return [this.zoneOf(seat), this.shortNameOf(seat)].filter(Boolean).join(', ');
  }

  /**
   * Return the name of a seat's zone, may be empty.
   *
   * @param {number} seat
   */
  zoneOf(seat) {
    return this.rows[this.row[seat]].zone;
  }

  /**
   * Return a seat's place within its zone: "Row 2, Seat 14".
   *
   * @param {number} seat
   */
  shortNameOf(seat) {
    const { label } = this.rows[this.row[seat]];
    return [label, this.#numberWords(seat)].filter(Boolean).join(', ') || this.labels[seat];
  }

  /**
   * Return a seat's place within its row: "Seat 14".
   *
   * @param {number} seat
   */
  seatNameOf(seat) {
    return this.#numberWords(seat) || this.labels[seat];
  }

  /** @param {number} seat */
  #numberWords(seat) {
    const { seatLabel } = this.rows[this.row[seat]];
    const number = this.numbers[seat];
    return seatLabel ? fillIn(seatLabel, number) : number && t('plan.seat', { seat: number });
  }

  /** @param {any[]} zones */
  #flatten(zones) {
    const categoryIndex = new Map(this.categories.map(({ name }, index) => [name, index]));
    let seat = 0;
    for (const [zoneIndex, zone] of zones.entries()) {
      const zoneAt = zone.position ?? { x: 0, y: 0 };
      for (const area of zone.areas ?? []) this.areas.push(flattenArea(area, zoneAt));
      for (const row of zone.rows ?? []) {
        const first = seat;
        const rowAt = add(zoneAt, row.position);
        for (const { category, position, radius, seat_guid, seat_number } of row.seats) {
          const index = categoryIndex.get(category);
          if (index === undefined) throw new PlanError(`Seat ${seat_guid} has no category.`);
          const at = add(rowAt, position);
          this.x[seat] = at.x;
          this.y[seat] = at.y;
          this.radius[seat] = radius ?? SEAT_RADIUS_DEFAULT;
          this.category[seat] = index;
          this.row[seat] = this.rows.length;
          this.labels[seat] = seat_guid;
          this.numbers[seat] = seat_number ?? '';
          seat += 1;
        }
        this.#makeRoom(first, seat);
        this.rows.push(this.#rowOf(row, { name: zone.name ?? '', zoneIndex }, first, seat));
      }
    }
  }

  /** As the server does: where a seat's guid comes again, its zone's name stands before it. */
  #tellLabelsApart() {
    const known = new Set();
    const again = new Set();
    for (const label of this.labels) (known.has(label) ? again : known).add(label);
    if (again.size === 0) return;
    for (const [seat, label] of this.labels.entries()) {
      if (again.has(label)) this.labels[seat] = `${this.zoneOf(seat)}/${label}`;
    }
  }

  /**
   * Let the seats of a row not cover each other: some plans draw them wider than they stand apart.
   * One measure for the whole row, the usual distance in it, keeps its seats of one size.
   *
   * @param {number} first
   * @param {number} end
   */
  #makeRoom(first, end) {
    const gaps = [];
    for (let seat = first + 1; seat < end; seat++) {
      gaps.push(Math.hypot(this.x[seat] - this.x[seat - 1], this.y[seat] - this.y[seat - 1]));
    }
    if (gaps.length === 0) return;
    const usual = gaps.sort((one, other) => one - other)[(gaps.length - 1) >> 1];
    for (let seat = first; seat < end; seat++) {
      // Seats in one place are a fault of the plan; they stay large enough to be seen.
      const least = this.radius[seat] * RADIUS_SHARE_MIN;
      this.radius[seat] = Math.max(least, Math.min(this.radius[seat], usual / 2));
    }
  }

  /**
   * @param {any} row
   * @param {{name: string, zoneIndex: number}} zone
   * @param {number} first
   * @param {number} end
   * @returns {Row}
   */
  #rowOf(row, zone, first, end) {
    const box = emptyBox();
    for (let seat = first; seat < end; seat++) {
      const radius = this.radius[seat];
      growBox(box, this.x[seat] - radius, this.y[seat] - radius);
      growBox(box, this.x[seat] + radius, this.y[seat] + radius);
    }
    const number = row.row_number ?? '';
    return {
      zone: zone.name,
      zoneIndex: zone.zoneIndex,
      number,
      label: row.row_label
        ? fillIn(row.row_label, number)
        : number && t('plan.row', { row: number }),
      seatLabel: row.seat_label ?? '',
      numberPosition: row.row_number_position ?? null,
      first,
      end,
      box,
    };
  }

  /**
   * @param {{width: number, height: number} | undefined} size
   * @returns {Box}
   */
  #measure(size) {
    const box = emptyBox();
    for (const { box: inner } of [...this.rows, ...this.areas]) {
      growBox(box, inner.left, inner.top);
      growBox(box, inner.right, inner.bottom);
    }
    if (box.left <= box.right) return box;
    return { left: 0, top: 0, right: size?.width ?? 1, bottom: size?.height ?? 1 };
  }
}

/** @param {any[]} zones */
function countSeats(zones) {
  let count = 0;
  for (const zone of zones) for (const row of zone.rows ?? []) count += row.seats.length;
  return count;
}

/**
 * @param {Point} point
 * @param {Point | undefined} offset
 * @returns {Point}
 */
function add(point, offset) {
  return { x: point.x + (offset?.x ?? 0), y: point.y + (offset?.y ?? 0) };
}

/**
 * Put *value* where a label pattern of the plan has %s.
 *
 * @param {string} pattern
 * @param {string} value
 */
function fillIn(pattern, value) {
  return pattern.replace('%s', () => value);
}

/**
 * @param {{name: string, color?: string}[]} categories
 * @returns {Category[]}
 */
function withColors(categories) {
  const colors = colorsOf(categories);
  return categories.map(({ name }, index) => ({ name, color: colors[index] }));
}
