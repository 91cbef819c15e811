/** A seating plan's file: checked by the server, drawn with its faults, then put on sale. */

import { failureWords, sayFailure } from './admin_ask.js';
import { PlanForm } from './admin_plan_form.js';
import { byId, make } from './dom.js';
import { wholeNumber } from './formats.js';
import { pointOf } from './plan_places.js';
import { WireError } from './protocol.js';
import { t } from './texts.js';

/** @typedef {import('./seat_map.js').SeatMap} SeatMap */
/** @typedef {{place: string, message: string}} Fault */
/** @typedef {{x: number, y: number, text: string}} Mark */

/** The server refuses larger ones; asking it takes minutes on a slow line. */
const FILE_BYTES_MAX = 32 * 1024 * 1024;

export class PlanLoader {
  #api;
  #map = /** @type {SeatMap} */ (byId('plan-map'));
  #drop = /** @type {HTMLFieldSetElement} */ (byId('plan-drop'));
  #form;
  /** Grows with every file, so that a late answer is not shown for another one. */
  #turn = 0;

  /** @param {import('./admin_api.js').AdminApi} api */
  constructor(api) {
    this.#api = api;
    this.#form = new PlanForm(api);
  }

  start() {
    this.#map.selectionMode = 'none';
    const input = /** @type {HTMLInputElement} */ (byId('plan-file'));
    input.addEventListener('change', () => {
      this.#take(input.files?.[0]);
      // The same file, mended, may be chosen again.
      input.value = '';
    });
    const view = byId('plan');
    view.addEventListener('dragover', (event) => {
      event.preventDefault();
      this.#drop.toggleAttribute('data-over', !this.#drop.disabled);
    });
    view.addEventListener('dragleave', () => this.#drop.removeAttribute('data-over'));
    view.addEventListener('drop', (event) => {
      event.preventDefault();
      this.#drop.removeAttribute('data-over');
      if (!this.#drop.disabled) this.#take(event.dataTransfer?.files[0]);
    });
  }

  /** @param {boolean} isAllowed */
  open(isAllowed) {
    this.#drop.disabled = !isAllowed;
    byId('plan-forbidden').hidden = isAllowed;
    if (!isAllowed) this.#form.close();
  }

  /** @param {File | undefined} file */
  async #take(file) {
    if (file === undefined) return;
    const turn = (this.#turn += 1);
    this.#clear();
    if (file.size > FILE_BYTES_MAX) return this.#say(t('admin.plan_too_large'));
    this.#say(t('admin.plan_checking', { file: file.name }));
    const text = await file.text();
    const document = parse(text);
    if (turn !== this.#turn) return;
    // What can be drawn of a bad plan is where its faults are shown.
    this.#map.hidden = document === null;
    this.#map.showPlan(document);
    try {
      const plan = await this.#api.checkPlan(text);
      if (turn !== this.#turn) return;
      this.#say(t('admin.plan_good', { name: plan.name, count: plan.count }));
      this.#form.open(plan, document);
    } catch (error) {
      if (turn === this.#turn) this.#takeFailure(error, document);
    }
  }

  /**
   * @param {unknown} error
   * @param {unknown} document
   */
  #takeFailure(error, document) {
    if (!(error instanceof WireError)) throw error;
    const faults = /** @type {Fault[] | undefined} */ (error.fields.faults);
    if (faults === undefined) {
      this.#say(failureWords(error));
      return sayFailure(error);
    }
    const count = faults.length + (error.fields.more ?? 0);
    this.#say(t('admin.plan_bad', { count }));
    const points = faults.map(({ place }) => pointOf(document, place));
    // Side by side there is room for the numbers of the list only.
    const all = points.flatMap((point, index) =>
      point === null ? [] : [{ ...point, text: wholeNumber(index + 1) }],
    );
    this.#map.showMarks(all);
    byId('plan-faults').replaceChildren(
      ...faults.map((fault, index) => this.#faultRow(fault, points[index], all)),
    );
  }

  /**
   * @param {Fault} fault
   * @param {import('./plan_places.js').Point | null} point where it is on the picture
   * @param {Mark[]} all
   */
  #faultRow({ place, message }, point, all) {
    const words = [make('span', {}, message), make('code', {}, place)];
    if (point === null) return make('li', {}, make('div', {}, ...words));
    const button = make('button', { type: 'button', ariaPressed: 'false' }, ...words);
    button.onclick = () => {
      const isPressed = button.ariaPressed === 'true';
      for (const other of byId('plan-faults').querySelectorAll('button')) {
        other.ariaPressed = 'false';
      }
      button.ariaPressed = String(!isPressed);
      this.#map.showMarks(isPressed ? all : [{ ...point, text: message }]);
    };
    return make('li', {}, button);
  }

  #clear() {
    this.#form.close();
    byId('plan-faults').replaceChildren();
    this.#map.showPlan(null);
    this.#map.hidden = true;
  }

  /** @param {string} words */
  #say(words) {
    byId('plan-words').textContent = words;
  }
}

/** @param {string} text */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    // The server names the line and the column.
    return null;
  }
}
