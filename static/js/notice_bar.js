/** What the buyer is told above the map, with what they can do about it. */

import { make } from './dom.js';
import { t } from './texts.js';

/** @typedef {{words: string, act: () => void}} Offer */
/** @typedef {{words: string, choices: Offer[]}} Offers */

/** @type {Offers} */
export const NO_OFFERS = Object.freeze({ words: '', choices: [] });

/** Long enough to read two sentences. */
const NOTICE_MS = 12_000;

export class NoticeBar {
  #root;
  #hiding = 0;
  /** What had the focus before the bar. @type {HTMLElement | null} */
  #before = null;

  /** @param {HTMLElement} root a live region that stays on the page */
  constructor(root) {
    this.#root = root;
    // Whoever is reading or reaching for a button is not hurried.
    root.addEventListener('pointerenter', () => clearTimeout(this.#hiding));
    root.addEventListener('focusin', ({ relatedTarget }) => {
      clearTimeout(this.#hiding);
      const from = /** @type {HTMLElement | null} */ (relatedTarget);
      if (!root.contains(from)) this.#before = from;
    });
    root.addEventListener('keydown', ({ key }) => key === 'Escape' && this.hide());
  }

  /**
   * Say something. With offers it stays until it is answered, or until something else is said.
   *
   * @param {string} words
   * @param {Offers} [offers]
   */
  show(words, offers = NO_OFFERS) {
    clearTimeout(this.#hiding);
    const { choices } = offers;
    this.#root.replaceChildren(
      make(
        'div',
        { className: 'notice' },
        make('p', {}, words, ...(offers.words ? [' ', offers.words] : [])),
        make('button', {
          type: 'button',
          className: 'plain',
          ariaLabel: t('page.close'),
          textContent: '×',
          onclick: () => this.hide(),
        }),
        ...(choices.length > 0 ? [this.#choices(choices)] : []),
      ),
    );
    if (choices.length === 0) this.#hiding = window.setTimeout(() => this.hide(), NOTICE_MS);
  }

  hide() {
    clearTimeout(this.#hiding);
    const hadFocus = this.#root.contains(document.activeElement);
    this.#root.replaceChildren();
    if (hadFocus) this.#before?.focus();
  }

  /** @param {Offer[]} choices */
  #choices(choices) {
    const buttons = choices.map(({ words, act }) =>
      make('button', {
        type: 'button',
        textContent: words,
        onclick: () => {
          this.hide();
          act();
        },
      }),
    );
    return make('div', { className: 'offers' }, ...buttons);
  }
}
