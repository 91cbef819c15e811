/** What the house has changed about the show, so large that nobody in front of it misses it. */

import { byId, make } from './dom.js';
import { money, showTime } from './formats.js';
import { showBanner, showStatusWords } from './sentences.js';
import { showChanges } from './show_changes.js';
import { t } from './texts.js';

/** @typedef {import('./protocol.js').Show} Show */
/** @typedef {import('./show_changes.js').ShowChange} ShowChange */

export class KioskNews {
  /** @type {Show | null} */
  #last = null;

  constructor() {
    byId('news')
      .querySelector('button')
      ?.addEventListener('click', () => this.hide());
  }

  /**
   * Take the show as it is now, and tell what is new about it.
   *
   * @param {Show} show
   */
  take(show) {
    const changes = this.#last === null ? [] : showChanges(this.#last, show);
    this.#last = show;
    if (changes.length === 0) return;
    byId('news').dataset.kind = changes[0].kind;
    byId('news-title').textContent = titleOf(changes[0]);
    byId('news-words').replaceChildren(...changes.flatMap((change) => wordsOf(change, show)));
    byId('news').hidden = false;
    byId('news').querySelector('button')?.focus();
  }

  hide() {
    byId('news').hidden = true;
  }
}

/** @param {ShowChange} change */
function titleOf(change) {
  if (change.kind === 'status') return showStatusWords(change.status);
  return t(`kiosk.news_${change.kind}`);
}

/**
 * @param {ShowChange} change
 * @param {Show} show
 */
function wordsOf(change, show) {
  if (change.kind === 'status') return [make('p', {}, showBanner(show) || t('kiosk.news_on_sale'))];
  if (change.kind === 'message') return [make('p', { className: 'message' }, change.words)];
  if (change.kind === 'start') return [make('p', {}, showTime(change.startsAt))];
  const rows = change.prices.map(({ name, after }) =>
    make('li', {}, make('span', {}, name), make('strong', {}, money(after, show.currency))),
  );
  return [make('ul', {}, ...rows), make('p', {}, t('kiosk.prices_kept'))];
}
