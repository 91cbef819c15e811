/** What <seat-map> is made of inside. `applyTexts` puts the words in. */

import { make } from './dom.js';

const STYLE_URL = new URL('../css/seat_map.css', import.meta.url).href;

/**
 * @typedef {object} Parts
 * @property {HTMLLinkElement} style
 * @property {HTMLCanvasElement} canvas
 * @property {HTMLElement} words what is in the way of a map
 * @property {HTMLElement} freshness
 * @property {HTMLElement} buttons
 * @property {HTMLElement} minimap
 * @property {HTMLElement} tip
 * @property {HTMLElement} said announces the seat with the keyboard's focus
 */

/** @returns {Parts} in the order in which they belong into the shadow tree */
export function makeParts() {
  const canvas = make('canvas', { tabIndex: 0 });
  canvas.setAttribute('role', 'application');
  canvas.setAttribute('aria-describedby', 'keys');
  const words = make('p', { className: 'words' });
  words.setAttribute('role', 'status');
  const freshness = make('p', { className: 'freshness' });
  freshness.setAttribute('role', 'status');
  const said = make('p', { className: 'unseen' });
  said.setAttribute('aria-live', 'polite');
  return {
    style: make('link', { rel: 'stylesheet', href: STYLE_URL }),
    canvas,
    words,
    freshness,
    buttons: make(
      'div',
      { className: 'buttons' },
      button('in', '+', 'map.zoom_in'),
      button('out', '−', 'map.zoom_out'),
      button('fit', '⤢', 'map.fit'),
    ),
    // What it does the arrow keys do as well.
    minimap: make(
      'div',
      { className: 'minimap', hidden: true, ariaHidden: 'true' },
      make('canvas'),
      make('div'),
    ),
    tip: make('div', { className: 'tip', hidden: true }, make('strong'), make('span')),
    said,
  };
}

/** The keys of the map in words, for those who cannot see it. */
export function makeHint() {
  return make('p', { className: 'unseen', id: 'keys', dataset: { t: 'map.keys' } });
}

/**
 * @param {string} action
 * @param {string} sign
 * @param {string} key of its words
 */
function button(action, sign, key) {
  return make('button', { type: 'button', dataset: { do: action, tTitle: key, tLabel: key } }, sign);
}
