/** Lets a reader choose between map and list, and remembers it. */

import { openKeyStore } from './key_store.js';

const STORAGE_KEY = 'seatwire.view';

export class ViewSwitch {
  #choices;
  #stage;
  #store = openKeyStore();

  /**
   * @param {HTMLElement} root with radio buttons whose values are views
   * @param {HTMLElement} stage gets the chosen view as `data-view`
   */
  constructor(root, stage) {
    this.#choices = /** @type {HTMLInputElement[]} */ ([...root.querySelectorAll('input')]);
    this.#stage = stage;
  }

  start() {
    const kept = this.#store.getItem(STORAGE_KEY);
    for (const choice of this.#choices) {
      if (choice.value === kept) choice.checked = true;
      choice.addEventListener('change', () => this.#show());
    }
    this.#show();
  }

  #show() {
    const view = this.#choices.find(({ checked }) => checked)?.value ?? 'map';
    this.#stage.dataset.view = view;
    this.#store.setItem(STORAGE_KEY, view);
  }
}
