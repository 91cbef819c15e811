/** Changes to a show, with what they do to people before they are sent. */

import { ask, say, sayFailure, unsay } from './admin_ask.js';
import { differences, effects, isOvertaken } from './admin_effects.js';
import { labelled, priceInput, showFault } from './admin_fields.js';
import { byId, make } from './dom.js';
import { showStatusWords } from './sentences.js';
import { START_MAX, localTime, patchOf, typedAmount } from './show_patch.js';
import { t } from './texts.js';

/** @typedef {import('./protocol.js').Show} Show */
/** @typedef {import('./admin_api.js').Stake} Stake */

const STATUSES = Object.freeze([
  'scheduled',
  'on_sale',
  'paused',
  'postponed',
  'cancelled',
  'closed',
]);

const MESSAGE_CHARS_MAX = 1_000;

export class ChangePanel {
  #root = byId('change');
  #api;
  #onDone;
  #showId = 0;
  /** @type {Show | null} */
  #show = null;

  /**
   * @param {object} parts
   * @param {import('./admin_api.js').AdminApi} parts.api
   * @param {() => void} parts.onDone something was changed
   */
  constructor({ api, onDone }) {
    this.#api = api;
    this.#onDone = onDone;
  }

  /** @param {number} showId whose form, and what is typed in it, stays until another one comes */
  open(showId) {
    if (showId === this.#showId) return;
    this.#showId = showId;
    this.#show = null;
    this.#root.replaceChildren();
  }

  /** @param {Show} show as it is now; what somebody is typing stays */
  take(show) {
    const before = this.#show;
    const isOld = before?.epoch === show.epoch && before.version > show.version;
    if (isOld) return;
    this.#show = show;
    if (before === null) return this.#render(show);
    const old = valuesOf(before);
    for (const [name, value] of Object.entries(valuesOf(show))) {
      const field = this.#field(name);
      if (field && field.value === old[name]) field.value = value;
    }
  }

  /** @param {Show} show */
  #render(show) {
    const values = valuesOf(show);
    const options = STATUSES.map((value) => make('option', { value }, showStatusWords(value)));
    const status = make('select', { name: 'status' }, ...options);
    status.value = values.status;
    const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
    const startsAt = make('input', {
      type: 'datetime-local',
      name: 'starts_at',
      value: values.starts_at,
      max: START_MAX,
      required: true,
    });
    const message = make('textarea', {
      name: 'message',
      rows: 3,
      maxLength: MESSAGE_CHARS_MAX,
      value: values.message,
    });
    const prices = Object.keys(show.prices).map((name) =>
      labelled(name, priceInput(priceField(name), values[priceField(name)], show.currency)),
    );
    const form = make(
      'form',
      { onsubmit: (/** @type {Event} */ event) => this.#submit(event) },
      labelled(t('admin.status'), status),
      labelled(t('admin.starts_at', { zone }), startsAt),
      labelled(t('admin.message'), message),
      make(
        'fieldset',
        {},
        make('legend', {}, t('admin.prices', { currency: show.currency })),
        ...prices,
      ),
      make('button', { className: 'main' }, t('admin.preview')),
    );
    this.#root.replaceChildren(form);
  }

  /** @param {Event} event */
  async #submit(event) {
    event.preventDefault();
    const show = this.#show;
    const showId = this.#showId;
    if (show === null) return;
    unsay();
    try {
      const patch = patchOf(show, this.#fields(show));
      if (Object.keys(patch).length === 0) return say(t('admin.no_change'), 'failed');
      const stake = await this.#api.changePreview(showId, patch.status ?? show.status);
      if (!(await askAbout(show, patch, stake))) return;
      if (this.#showId !== showId) return;
      if (isOvertaken(patch, show, this.#show ?? show)) {
        return say(t('admin.changed_meanwhile'), 'failed');
      }
      const { reached, ...changed } = await this.#api.changeShow(showId, patch);
      say(t('admin.reached', { count: reached }));
      this.#takeSent(patch, changed);
      this.#onDone();
    } catch (error) {
      if (error instanceof RangeError) return this.#showBadField(error.message);
      sayFailure(error);
    }
  }

  /**
   * What was sent is nothing that somebody is still typing, however it was written.
   *
   * @param {Partial<Show>} patch
   * @param {Show} changed
   */
  #takeSent({ prices = {}, ...fields }, changed) {
    if (changed.show !== this.#showId) return;
    const values = valuesOf(changed);
    for (const name of [...Object.keys(fields), ...Object.keys(prices).map(priceField)]) {
      const field = this.#field(name);
      if (field) field.value = values[name];
    }
    this.take(changed);
  }

  /** @param {Show} show */
  #fields(show) {
    const value = (/** @type {string} */ name) => this.#field(name)?.value ?? '';
    const names = Object.keys(show.prices);
    return {
      status: value('status'),
      startsAt: value('starts_at'),
      message: value('message'),
      prices: Object.fromEntries(names.map((name) => [name, value(priceField(name))])),
    };
  }

  /**
   * @param {string} name
   * @returns {HTMLInputElement | null}
   */
  #field(name) {
    return this.#root.querySelector(`[name="${CSS.escape(name)}"]`);
  }

  /** @param {string} name of a category or of a field */
  #showBadField(name) {
    const price = this.#field(priceField(name));
    if (price) return showFault(price, t('admin.bad_price'));
    const field = this.#field(name);
    if (field) showFault(field, t('admin.bad_starts_at'));
  }
}

/**
 * @param {Show} show
 * @param {Partial<Show>} patch
 * @param {Stake} stake
 */
function askAbout(show, patch, stake) {
  const rows = differences(show, patch).flatMap(([name, before, after]) => [
    make('dt', {}, name),
    make('dd', {}, make('s', {}, before), make('strong', {}, after)),
  ]);
  const lines = effects(patch, stake).map((words) => make('li', {}, words));
  const isEnd = patch.status === 'cancelled';
  const count = stake.watchers;
  return ask({
    title: t(isEnd ? 'admin.cancel_show_title' : 'admin.preview_title'),
    words: [
      make('dl', { className: 'differences' }, ...rows),
      make('h3', {}, t('admin.effects')),
      make('ul', { className: 'effects' }, ...lines),
    ],
    yes: t(isEnd ? 'admin.cancel_show' : 'admin.send', { count }),
    isGrave: isEnd || patch.status === 'postponed',
  });
}

/**
 * @param {Show} show
 * @returns {Record<string, string>} by name of the form's field
 */
function valuesOf(show) {
  const prices = Object.entries(show.prices).map(([name, price]) => [
    priceField(name),
    typedAmount(price, show.currency),
  ]);
  return {
    status: show.status,
    starts_at: localTime(show.starts_at),
    message: show.message ?? '',
    ...Object.fromEntries(prices),
  };
}

/** @param {string} category */
function priceField(category) {
  return `price:${category}`;
}
