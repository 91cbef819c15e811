/** What is wrong with a plan: as a list, and at its places on the picture. */

import { byId, make } from './dom.js';
import { wholeNumber } from './formats.js';
import { t } from './texts.js';

/** @typedef {import('./seat_map.js').SeatMap} SeatMap */
/** @typedef {import('./plan_places.js').Point} Point */
/** @typedef {{message: string, place: string, point: Point | null}} Listed
 *   place: in the document, empty for none; point: on the picture */

/** More than this nobody reads, and their marks would cover the picture. */
const LISTED_MAX = 100;

export class PlanFaults {
  #map;
  #list = byId('plan-faults');
  /** @type {(Point & {text: string})[]} */
  #marks = [];

  /** @param {SeatMap} map that shows the plan */
  constructor(map) {
    this.#map = map;
  }

  /**
   * @param {Listed[]} faults
   * @param {number} count of all that there are
   */
  show(faults, count) {
    const listed = faults.slice(0, LISTED_MAX);
    // Side by side there is room for the numbers of the list only.
    this.#marks = listed.flatMap(({ point }, index) =>
      point === null ? [] : [{ ...point, text: wholeNumber(index + 1) }],
    );
    this.#map.showMarks(this.#marks);
    this.#list.replaceChildren(...listed.map((fault) => this.#rowOf(fault)));
    const isCut = count > listed.length;
    byId('plan-more').textContent = isCut ? t('admin.plan_more', { count: listed.length }) : '';
  }

  /** @param {Listed} fault */
  #rowOf({ message, place, point }) {
    const words = [make('span', {}, message), ...(place ? [make('code', {}, place)] : [])];
    if (point === null) return make('li', {}, make('div', {}, ...words));
    const button = make('button', { type: 'button', ariaPressed: 'false' }, ...words);
    button.onclick = () => this.#press(button, point, message);
    return make('li', {}, button);
  }

  /**
   * Point at one fault alone, or at all of them again.
   *
   * @param {HTMLButtonElement} button
   * @param {Point} point
   * @param {string} message
   */
  #press(button, point, message) {
    const isPressed = button.ariaPressed !== 'true';
    for (const other of this.#list.querySelectorAll('button')) other.ariaPressed = 'false';
    button.ariaPressed = String(isPressed);
    this.#map.showMarks(isPressed ? [{ ...point, text: message }] : this.#marks);
    if (!isPressed) return this.#map.fit();
    this.#map.lookAt(nearestSeats(this.#map, point));
    this.#map.scrollIntoView({ block: 'nearest' });
  }
}

/**
 * @param {SeatMap} map
 * @param {Point} point
 */
function nearestSeats({ plan }, point) {
  if (plan === null) return [];
  let best = -1;
  let bestDistance = Infinity;
  for (let seat = 0; seat < plan.count; seat++) {
    const distance = Math.hypot(plan.x[seat] - point.x, plan.y[seat] - point.y);
    if (distance >= bestDistance) continue;
    best = seat;
    bestDistance = distance;
  }
  return best < 0 ? [] : [best];
}
