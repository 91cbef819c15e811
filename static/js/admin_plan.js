/** A seating plan's file: checked by the server, drawn with its faults, then put on sale. */

import { failureWords } from './admin_ask.js';
import { PlanForm } from './admin_plan_form.js';
import { PlanFaults } from './admin_plan_faults.js';
import { byId } from './dom.js';
import { overlapsOf } from './plan_overlaps.js';
import { pointOf } from './plan_places.js';
import { WireError } from './protocol.js';
import { hasText, t } from './texts.js';

/** @typedef {import('./seat_map.js').SeatMap} SeatMap */
/** @typedef {{place: string, message: string, code: string, values: Record<string, any>}} Fault */

/** The server refuses larger ones; asking it takes minutes on a slow line. */
const FILE_BYTES_MAX = 32 * 1024 * 1024;

export class PlanLoader {
  #api;
  #map = /** @type {SeatMap} */ (byId('plan-map'));
  #drop = /** @type {HTMLFieldSetElement} */ (byId('plan-drop'));
  #form;
  #faults = new PlanFaults(this.#map);
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
    // On the whole page: a file beside the mark would be opened in place of it.
    document.addEventListener('dragover', (event) => this.#dragOver(event));
    document.addEventListener('dragleave', ({ relatedTarget }) => {
      if (relatedTarget === null) this.#drop.removeAttribute('data-over');
    });
    document.addEventListener('drop', (event) => this.#takeDrop(event));
  }

  /** @param {boolean} isAllowed */
  open(isAllowed) {
    this.#drop.disabled = !isAllowed;
    byId('plan-forbidden').hidden = isAllowed;
    if (!isAllowed) this.#form.close();
  }

  get #isReady() {
    return !byId('plan').hidden && !this.#drop.disabled;
  }

  /** @param {DragEvent} event */
  #dragOver(event) {
    const { dataTransfer } = event;
    if (!dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    if (!this.#isReady) dataTransfer.dropEffect = 'none';
    this.#drop.toggleAttribute('data-over', this.#isReady);
  }

  /** @param {DragEvent} event */
  #takeDrop(event) {
    const { dataTransfer } = event;
    if (!dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    this.#drop.removeAttribute('data-over');
    if (this.#isReady) this.#take(dataTransfer.files[0]);
  }

  /** @param {File | undefined} file */
  async #take(file) {
    if (file === undefined) return;
    const turn = (this.#turn += 1);
    this.#clear();
    if (file.size === 0) return this.#say(t('admin.plan_empty', { file: file.name }));
    if (file.size > FILE_BYTES_MAX) return this.#say(t('admin.plan_too_large'));
    this.#say(t('admin.plan_checking', { file: file.name }));
    const text = await textOf(file);
    if (turn !== this.#turn) return;
    if (text === null) return this.#say(t('admin.plan_unreadable', { file: file.name }));
    const plan = parse(text);
    this.#draw(plan);
    try {
      const checked = await this.#api.checkPlan(text);
      if (turn === this.#turn) this.#takeGood(checked, plan);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      if (turn === this.#turn) this.#takeFailure(error, plan);
    }
  }

  /**
   * Draw what can be drawn, also of a bad plan: there its faults are shown.
   *
   * @param {unknown} plan
   */
  #draw(plan) {
    this.#map.hidden = plan === null;
    this.#map.showPlan(plan);
    if (!this.#map.plan?.count) this.#map.hidden = true;
  }

  /**
   * @param {import('./admin_plan_form.js').CheckedPlan} checked
   * @param {unknown} plan
   */
  #takeGood(checked, plan) {
    const overlaps = this.#map.plan === null ? [] : overlapsOf(this.#map.plan);
    const { name, count } = checked;
    const isFine = overlaps.length === 0;
    const words = isFine
      ? [t('admin.plan_good', { name, count })]
      : [
          t('admin.plan_sellable', { name, count }),
          t('admin.plan_overlaps', { count: overlaps.length }),
        ];
    this.#say(words.join(' '));
    this.#faults.show(
      overlaps.map(({ x, y, label, other }) => ({
        message: t('admin.plan_overlap', { label, other }),
        place: '',
        point: { x, y },
      })),
      overlaps.length,
    );
    this.#form.open(checked, plan);
  }

  /**
   * @param {WireError} error
   * @param {unknown} plan
   */
  #takeFailure(error, plan) {
    const faults = /** @type {Fault[] | undefined} */ (error.fields.faults);
    if (faults === undefined) return this.#say(failureWords(error));
    const count = faults.length + (error.fields.more ?? 0);
    const listed = faults.map((fault) => ({
      message: faultWords(fault),
      // The words name line and column.
      place: fault.code === 'not_json' ? '' : fault.place,
      point: this.#map.hidden ? null : pointOf(plan, fault.place),
    }));
    const words = [t('admin.plan_bad', { count })];
    if (listed.some(({ point }) => point !== null)) words.push(t('admin.plan_marked'));
    this.#say(words.join(' '));
    this.#faults.show(listed, count);
  }

  #clear() {
    this.#form.close();
    this.#faults.show([], 0);
    this.#draw(null);
  }

  /** @param {string} words */
  #say(words) {
    byId('plan-words').textContent = words;
  }
}

/** @param {Fault} fault */
function faultWords({ code, values, message }) {
  const key = `plan_fault.${code}`;
  return hasText(key) ? t(key, values) : message;
}

/**
 * @param {File} file
 * @returns {Promise<string | null>} null for what cannot be read, as a folder
 */
async function textOf(file) {
  try {
    return await file.text();
  } catch {
    return null;
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
