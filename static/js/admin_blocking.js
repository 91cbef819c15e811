/**
 * Takes chosen seats off sale and puts them back, with a reason. Both buttons keep their places
 * whatever is chosen: one that took the other's place would undo with a second press what the first
 * one has done.
 */

import { write } from './admin_keyed.js';
import { make } from './dom.js';
import { t } from './texts.js';

/** @typedef {'block' | 'unblock'} How */

/** RL8 of the protocol: a command names no more. */
const SEATS_MAX = 10_000;

const REASON_CHARS_MAX = 500;

export class BlockingForm {
  #reason = make('input', { type: 'text', maxLength: REASON_CHARS_MAX });
  #buttons;
  #tooMany = make('p', { className: 'warning', hidden: true });
  /** @type {Record<How, number[]>} */
  #seats = { block: [], unblock: [] };
  #isBusy = false;
  #element;

  /** @param {(how: How, seats: number[], reason: string) => void} onPress */
  constructor(onPress) {
    const button = (/** @type {How} */ how, /** @type {string} */ className) =>
      make('button', { type: 'button', className, onclick: () => this.#press(how, onPress) });
    this.#buttons = { block: button('block', 'main'), unblock: button('unblock', '') };
    this.#element = make(
      'div',
      { className: 'blocking', hidden: true },
      make('label', {}, make('span', {}, t('admin.reason')), this.#reason),
      this.#buttons.block,
      this.#buttons.unblock,
      this.#tooMany,
    );
  }

  /** What stands on the page. */
  get element() {
    return this.#element;
  }

  /**
   * Offer to block what is free and to unblock what is blocked; nothing when there is neither.
   *
   * @param {number[]} free
   * @param {number[]} blocked
   */
  show(free, blocked) {
    this.#seats = { block: free, unblock: blocked };
    this.#element.hidden = free.length + blocked.length === 0;
    write(this.#buttons.block, t('admin.block', { count: free.length }));
    write(this.#buttons.unblock, t('admin.unblock', { count: blocked.length }));
    this.#allow();
    const isTooMany = Math.max(free.length, blocked.length) > SEATS_MAX;
    this.#tooMany.hidden = !isTooMany;
    write(this.#tooMany, isTooMany ? t('admin.too_many', { count: SEATS_MAX }) : '');
  }

  /**
   * Nothing can be pressed while another action waits for its answer, and that can be seen.
   *
   * @param {boolean} isBusy
   */
  wait(isBusy) {
    this.#isBusy = isBusy;
    this.#allow();
  }

  /** The reason was for what is done now, or for another show. */
  clear() {
    this.#reason.value = '';
  }

  #allow() {
    for (const how of /** @type {const} */ (['block', 'unblock'])) {
      // Not `disabled`, which would take the focus away from who has just pressed it.
      this.#buttons[how].ariaDisabled = String(!this.#isPossible(how));
    }
  }

  /** @param {How} how */
  #isPossible(how) {
    const { length } = this.#seats[how];
    return !this.#isBusy && length > 0 && length <= SEATS_MAX;
  }

  /**
   * @param {How} how
   * @param {(how: How, seats: number[], reason: string) => void} onPress
   */
  #press(how, onPress) {
    if (this.#isPossible(how)) onPress(how, this.#seats[how], this.#reason.value.trim());
  }
}
