/** The box office's list of shows. */

import { byId, make } from './dom.js';
import { showTime } from './formats.js';
import { showStatusWords } from './sentences.js';
import { t } from './texts.js';

/** @param {import('./protocol.js').Show[]} shows */
export function showCards(shows) {
  byId('shows-words').textContent = shows.length === 0 ? t('shows.none') : '';
  byId('shows-list').replaceChildren(
    ...shows.map(({ show, title, starts_at, count, status, message }) =>
      make(
        'li',
        {},
        make(
          'a',
          { href: `#show=${show}` },
          make('strong', {}, title),
          make('span', { className: 'soft' }, showTime(starts_at)),
          make('span', { className: 'soft' }, t('shows.seats', { count })),
          ...(message ? [make('span', { className: 'soft' }, message)] : []),
          make('span', { className: 'chip', dataset: { status } }, showStatusWords(status)),
        ),
      ),
    ),
  );
}

/**
 * Say why there are no shows to see; those of before stay.
 *
 * @param {string} words
 * @param {() => void} onAgain
 */
export function showNoCards(words, onAgain) {
  byId('shows-words').replaceChildren(
    make('span', { className: 'fault' }, words),
    ' ',
    make('button', { type: 'button', onclick: onAgain }, t('admin.again')),
  );
}
