/** Changes to a show, with what they do to people before they are sent. */

import { ask, say, sayFailure } from './admin_ask.js';
import { byId, make } from './dom.js';
import { money, showTime } from './formats.js';
import { showStatusWords } from './sentences.js';
import { localTime, patchOf, typedAmount } from './show_patch.js';
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

/** What takes something away from people. */
const GRAVE = Object.freeze(['cancelled', 'postponed']);

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

  /** @param {number} showId */
  open(showId) {
    this.#showId = showId;
    this.#show = null;
    this.#root.replaceChildren();
  }

  /** @param {Show} show as it is now; what somebody is typing stays */
  take(show) {
    const before = this.#show;
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
    const prices = Object.keys(show.prices).map((name) =>
      labelled(
        name,
        make('input', {
          name: priceField(name),
          value: values[priceField(name)],
          inputMode: 'decimal',
          required: true,
        }),
      ),
    );
    const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
    const form = make(
      'form',
      { onsubmit: (/** @type {Event} */ event) => this.#submit(event) },
      labelled(t('admin.status'), status),
      labelled(
        t('admin.starts_at', { zone }),
        make('input', {
          type: 'datetime-local',
          name: 'starts_at',
          value: values.starts_at,
          required: true,
        }),
      ),
      labelled(
        t('admin.message'),
        make('textarea', {
          name: 'message',
          rows: 3,
          maxLength: MESSAGE_CHARS_MAX,
          value: values.message,
        }),
      ),
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
    try {
      const patch = patchOf(show, this.#fields(show));
      if (Object.keys(patch).length === 0) return say(t('admin.no_change'), 'failed');
      const stake = await this.#api.changePreview(showId, patch.status ?? show.status);
      if (!(await this.#confirm(show, patch, stake))) return;
      const { reached } = await this.#api.changeShow(showId, patch);
      say(t('admin.reached', { count: reached }));
      this.#onDone();
    } catch (error) {
      if (error instanceof RangeError) return this.#showBadField(error.message);
      sayFailure(error);
    }
  }

  /**
   * @param {Show} show
   * @param {Partial<Show>} patch
   * @param {Stake} stake
   */
  #confirm(show, patch, stake) {
    const rows = differences(show, patch).flatMap(([name, before, after]) => [
      make('dt', {}, name),
      make('dd', {}, make('s', {}, before), make('strong', {}, after)),
    ]);
    const lines = effects(patch, stake).map((words) => make('li', {}, words));
    const isGrave = GRAVE.includes(patch.status ?? '');
    return ask({
      title: t('admin.preview_title'),
      words: [
        make('dl', { className: 'differences' }, ...rows),
        make('h3', {}, t('admin.effects')),
        make('ul', { className: 'effects' }, ...lines),
      ],
      yes: t('admin.send', { count: stake.watchers }),
      isGrave,
    });
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
    const field = this.#field(priceField(name)) ?? this.#field(name);
    field?.focus();
    say(t('admin.bad_field', { field: name }), 'failed');
  }
}

/**
 * Return what would change, as people read it: name, before, after.
 *
 * @param {Show} show
 * @param {Partial<Show>} patch
 * @returns {[string, string, string][]}
 */
function differences(show, { status, starts_at, message, prices }) {
  /** @type {[string, string, string][]} */
  const rows = [];
  if (status !== undefined) {
    rows.push([t('admin.status'), showStatusWords(show.status), showStatusWords(status)]);
  }
  if (starts_at !== undefined) {
    rows.push([t('admin.start'), showTime(show.starts_at), showTime(starts_at)]);
  }
  if (message !== undefined) {
    rows.push([t('admin.message'), show.message || '–', message || '–']);
  }
  for (const [name, price] of Object.entries(prices ?? {})) {
    rows.push([name, money(show.prices[name], show.currency), money(price, show.currency)]);
  }
  return rows;
}

/**
 * Return what a change does to open holds, bookings and screens, in words.
 *
 * @param {Partial<Show>} patch
 * @param {Stake} stake
 */
function effects(patch, { open_holds, held_seats, bookings, watchers }) {
  const words = [];
  const ends = patch.status === 'cancelled';
  if (open_holds === 0) words.push(t('admin.effect_no_holds'));
  else {
    const key = ends ? 'admin.effect_holds_end' : 'admin.effect_holds_stay';
    words.push(t(key, { count: open_holds, seats: t('plan.seats', { count: held_seats }) }));
  }
  if (patch.status !== undefined && patch.status !== 'on_sale') {
    words.push(t('admin.effect_no_new'));
  }
  if (patch.prices !== undefined && held_seats > 0) words.push(t('admin.effect_prices'));
  if (bookings > 0) words.push(t('admin.effect_bookings', { count: bookings }));
  words.push(t('admin.effect_watchers', { count: watchers }));
  return words;
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

/**
 * @param {string} words
 * @param {HTMLElement} field
 */
function labelled(words, field) {
  return make('label', {}, make('span', {}, words), field);
}
