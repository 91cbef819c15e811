/** The form that makes a checked plan a venue with its first show. */

import { say, sayFailure } from './admin_ask.js';
import { byId, make } from './dom.js';
import { showStatusWords } from './sentences.js';
import { localTime, minorUnits, momentOf, typedAmount } from './show_patch.js';
import { t } from './texts.js';

/** @typedef {{name: string, count: number, hash: string, categories: any[]}} CheckedPlan */

const CURRENCY_DEFAULT = 'EUR';
const PRICE_DEFAULT = 2_500;
const DAYS_AHEAD = 30;
const DAY_MS = 86_400_000;

export class PlanForm {
  #api;
  #form = /** @type {HTMLFormElement} */ (byId('plan-form'));
  /** @type {unknown} */
  #document = null;
  /** The venue once it is stored: a show that failed is tried again without a second venue. */
  #venue = 0;

  /** @param {import('./admin_api.js').AdminApi} api */
  constructor(api) {
    this.#api = api;
    this.#form.addEventListener('submit', (event) => this.#submit(event));
  }

  close() {
    this.#form.hidden = true;
    this.#document = null;
    this.#venue = 0;
  }

  /**
   * @param {CheckedPlan} plan
   * @param {unknown} document
   */
  open(plan, document) {
    this.#document = document;
    const names = plan.categories.map((category) => category.name ?? category);
    const startsAt = localTime(new Date(Date.now() + DAYS_AHEAD * DAY_MS).toISOString());
    const status = make(
      'select',
      { name: 'status' },
      ...['scheduled', 'on_sale'].map((value) => make('option', { value }, showStatusWords(value))),
    );
    const price = typedAmount(PRICE_DEFAULT, CURRENCY_DEFAULT);
    this.#form.replaceChildren(
      field(t('admin.venue'), { name: 'venue', value: plan.name, maxLength: 200 }),
      field(t('admin.show_title'), { name: 'title', maxLength: 200 }),
      field(t('admin.start'), { name: 'starts_at', type: 'datetime-local', value: startsAt }),
      make('label', {}, make('span', {}, t('admin.status')), status),
      field(t('admin.currency'), {
        name: 'currency',
        value: CURRENCY_DEFAULT,
        pattern: '[A-Z]{3}',
        maxLength: 3,
      }),
      make(
        'fieldset',
        {},
        make('legend', {}, t('admin.category_prices')),
        ...names.map((name) =>
          field(name, { name: `price:${name}`, value: price, inputMode: 'decimal' }),
        ),
      ),
      make('button', { className: 'main' }, t('admin.create')),
    );
    this.#form.hidden = false;
  }

  /** @param {Event} event */
  async #submit(event) {
    event.preventDefault();
    const button = /** @type {HTMLButtonElement} */ (this.#form.querySelector('button'));
    button.disabled = true;
    try {
      const values = new FormData(this.#form);
      const form = showForm(values);
      if (this.#venue === 0) {
        const { venue } = await this.#api.addVenue(String(values.get('venue')), this.#document);
        this.#venue = venue;
      }
      const { show } = await this.#api.addShow({ venue: this.#venue, ...form });
      say(t('admin.created', { title: String(form.title) }));
      this.close();
      location.hash = `#show=${show}`;
    } catch (error) {
      if (!(error instanceof RangeError)) return sayFailure(error);
      say(t('admin.bad_field', { field: error.message }), 'failed');
    } finally {
      button.disabled = false;
    }
  }
}

/**
 * Return what the form says as POST /shows takes it, but for the venue. Throws RangeError, naming
 * the field, for what is no price or no time.
 *
 * @param {FormData} values
 */
function showForm(values) {
  const text = (/** @type {string} */ name) => String(values.get(name) ?? '');
  const currency = text('currency');
  /** @type {Record<string, number>} */
  const prices = {};
  for (const [name, value] of values) {
    if (!name.startsWith('price:')) continue;
    const category = name.slice('price:'.length);
    const price = minorUnits(String(value), currency);
    if (price === null) throw new RangeError(category);
    prices[category] = price;
  }
  return {
    title: text('title'),
    starts_at: momentOf(text('starts_at')),
    status: text('status'),
    currency,
    prices,
  };
}

/**
 * @param {string} words
 * @param {Record<string, any>} properties
 */
function field(words, properties) {
  const input = make('input', { required: true, ...properties });
  return make('label', {}, make('span', {}, words), input);
}
