/**
 * The keys of an ARIA tree: one item is in the tab order, arrows move between the visible ones.
 * Items are elements with the role `treeitem`. Those that open have `aria-expanded` and are followed
 * by their group, which has no items while it is closed.
 */

/**
 * @typedef {object} TreeActions
 * @property {(item: HTMLElement, isOpen: boolean) => void} expand open or close an item
 * @property {(item: HTMLElement) => void} choose Enter, Space or a click on an item without a group
 */

const ITEM = '[role="treeitem"]';

/** Letters typed faster than this belong together: "1", "2" is seat 12. */
const TYPING_MS = 800;

export class TreeKeys {
  #tree;
  #actions;
  #typed = '';
  #typedAt = -Infinity;

  /**
   * @param {HTMLElement} tree
   * @param {TreeActions} actions
   */
  constructor(tree, actions) {
    this.#tree = tree;
    this.#actions = actions;
    tree.addEventListener('keydown', (event) => this.#press(event));
    tree.addEventListener('click', (event) => this.#click(event));
    tree.addEventListener('focusin', ({ target }) => {
      const item = itemAt(target);
      if (item !== null) this.#rove(item);
    });
  }

  /** See to it that the tree can be reached with Tab. */
  makeReachable() {
    if (this.#tree.querySelector(`${ITEM}[tabindex="0"]`) !== null) return;
    this.#tree.querySelector(ITEM)?.setAttribute('tabindex', '0');
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    const item = itemAt(event.target);
    if (item === null || event.ctrlKey || event.altKey || event.metaKey) return;
    if (!this.#act(event, item)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  /**
   * @param {KeyboardEvent} event
   * @param {HTMLElement} item
   * @returns {boolean} false for keys that mean nothing here
   */
  #act({ key, timeStamp }, item) {
    const items = this.#items();
    const isOpen = item.getAttribute('aria-expanded');
    switch (key) {
      case 'ArrowDown':
        items[items.indexOf(item) + 1]?.focus();
        return true;
      case 'ArrowUp':
        items[items.indexOf(item) - 1]?.focus();
        return true;
      case 'ArrowRight':
        if (isOpen === 'false') this.#actions.expand(item, true);
        else if (isOpen === 'true') items[items.indexOf(item) + 1]?.focus();
        return true;
      case 'ArrowLeft':
        if (isOpen === 'true') this.#actions.expand(item, false);
        else parentOf(item)?.focus();
        return true;
      case 'Home':
        items[0]?.focus();
        return true;
      case 'End':
        items.at(-1)?.focus();
        return true;
      case 'Enter':
      case ' ':
        this.#choose(item);
        return true;
      default:
        return key.length === 1 && this.#seek(this.#type(key, timeStamp), item, items);
    }
  }

  /**
   * Return what is being typed, with one more letter.
   *
   * @param {string} letter
   * @param {number} now monotonic milliseconds
   */
  #type(letter, now) {
    this.#typed = (now - this.#typedAt < TYPING_MS ? this.#typed : '') + letter.toLocaleLowerCase();
    this.#typedAt = now;
    return this.#typed;
  }

  /**
   * Go to the next item whose name or number begins with what was typed.
   *
   * @param {string} typed
   * @param {HTMLElement} item
   * @param {HTMLElement[]} items
   */
  #seek(typed, item, items) {
    // A second letter may still mean the item that the first one led to.
    const from = items.indexOf(item) + (typed.length > 1 ? 0 : 1);
    const next = [...items.slice(from), ...items.slice(0, from)].find(({ dataset }) =>
      (dataset.seek ?? '').toLocaleLowerCase().startsWith(typed),
    );
    next?.focus();
    return true;
  }

  /** @param {MouseEvent} event */
  #click(event) {
    const item = itemAt(event.target);
    if (item === null) return;
    item.focus();
    this.#choose(item);
  }

  /** @param {HTMLElement} item */
  #choose(item) {
    const isOpen = item.getAttribute('aria-expanded');
    if (isOpen === null) this.#actions.choose(item);
    else this.#actions.expand(item, isOpen === 'false');
  }

  /** @param {HTMLElement} item */
  #rove(item) {
    for (const other of this.#tree.querySelectorAll(`${ITEM}[tabindex="0"]`)) {
      if (other !== item) other.setAttribute('tabindex', '-1');
    }
    item.tabIndex = 0;
  }

  /** @returns {HTMLElement[]} */
  #items() {
    return [.../** @type {NodeListOf<HTMLElement>} */ (this.#tree.querySelectorAll(ITEM))];
  }
}

/**
 * @param {HTMLElement} item
 * @returns {HTMLElement | null}
 */
function parentOf(item) {
  const group = item.closest('[role="group"]');
  return /** @type {HTMLElement | null} */ (group?.previousElementSibling ?? null);
}

/**
 * @param {EventTarget | null} target
 * @returns {HTMLElement | null}
 */
function itemAt(target) {
  return target instanceof Element ? target.closest(ITEM) : null;
}
