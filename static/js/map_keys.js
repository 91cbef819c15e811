/**
 * The map by keyboard: arrows go from seat to seat, Enter or Space chooses, + − 0 zoom. What has
 * the focus is said, once the reader has stopped moving.
 */

/** @typedef {import('./neighbours.js').Direction} Direction */

/** Held arrow keys pass many seats; only where they stop is said. */
const QUIET_MS = 250;

/** @type {Readonly<Record<string, Direction>>} */
const DIRECTIONS = Object.freeze({
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
});

/**
 * @typedef {object} KeyActions
 * @property {(direction: Direction) => void} move
 * @property {() => void} choose
 * @property {(how: 'in' | 'out' | 'fit') => void} zoom
 * @property {() => void} enter the map got the focus by keyboard
 * @property {() => void} leave it lost the focus
 */

/** @type {Readonly<Record<string, 'in' | 'out' | 'fit'>>} */
const ZOOMS = Object.freeze({ '+': 'in', '=': 'in', '-': 'out', _: 'out', 0: 'fit' });

export class MapKeys {
  #said;
  #saying = 0;
  #words = '';

  /**
   * @param {HTMLElement} canvas
   * @param {HTMLElement} said a polite live region
   * @param {KeyActions} actions
   * @param {AbortSignal} signal ends the listening
   */
  constructor(canvas, said, actions, signal) {
    this.#said = said;
    canvas.addEventListener('keydown', (event) => this.#press(event, actions), { signal });
    canvas.addEventListener(
      'focus',
      () => {
        if (canvas.matches(':focus-visible')) actions.enter();
      },
      { signal },
    );
    canvas.addEventListener('blur', () => (this.#hush(), actions.leave()), { signal });
    signal.addEventListener('abort', () => clearTimeout(this.#saying));
  }

  /**
   * Say something when nothing else is to be said for a moment. The same words are said once.
   *
   * @param {string} words
   */
  say(words) {
    if (words === this.#words) return;
    this.#words = words;
    clearTimeout(this.#saying);
    this.#saying = window.setTimeout(() => (this.#said.textContent = words), QUIET_MS);
  }

  /** Forget what was said: whoever comes back wants to hear it again. */
  #hush() {
    clearTimeout(this.#saying);
    this.#words = this.#said.textContent = '';
  }

  /**
   * @param {KeyboardEvent} event
   * @param {KeyActions} actions
   */
  #press(event, actions) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { key } = event;
    if (key in DIRECTIONS) actions.move(DIRECTIONS[key]);
    else if (key in ZOOMS) actions.zoom(ZOOMS[key]);
    else if (key === 'Enter' || key === ' ') {
      // A key held down must not hold and give back a seat over and over.
      if (!event.repeat) actions.choose();
    } else return;
    event.preventDefault();
  }
}
