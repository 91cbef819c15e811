/** The form that makes a checked plan a venue with its first show. */

import { say, sayFailure } from './admin_ask.js';
import { labelled, showFault } from './admin_fields.js';
import { byId, make } from './dom.js';
import { showStatusWords } from './sentences.js';
import { START_MAX, localTime, minorUnits, momentOf, typedAmount } from './show_patch.js';
import { t } from './texts.js';

/** @typedef {{name: string, count: number, hash: string, categories: any[]}} CheckedPlan */

const CURRENCY_DEFAULT = 'EUR';
const PRICE_DEFAULT = 2_500;
const DAYS_AHEAD = 30;
const CURTAIN_HOUR = 20;
const CURRENCY = /^[A-Z]{3}$/;
const PRICE_PREFIX = 'price:';

export class PlanForm {
  #api;
  #form = /** @type {HTMLFormElement} */ (byId('plan-form'));
  /** @type {unknown} */
  #document = null;
  /** The venue once it is stored: a show that failed is tried again without a second venue. */
  #venue = 0;

  #isBusy = false;
  /** What somebody has typed, by field: it outlives a better file. @type {Map<string, string>} */
  #typed = new Map();

  /** @param {import('./admin_api.js').AdminApi} api */
  constructor(api) {
    this.#api = api;
    this.#form.addEventListener('submit', (event) => this.#submit(event));
    this.#form.addEventListener('input', ({ target }) => {
      const { name, value } = /** @type {import('./admin_fields.js').Field} */ (target);
      this.#typed.set(name, value);
    });
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
    const names = plan.categories.map((category) => category.name);
    const statuses = ['scheduled', 'on_sale'].map((value) =>
      make('option', { value }, showStatusWords(value)),
    );
    const price = typedAmount(PRICE_DEFAULT, CURRENCY_DEFAULT);
    this.#form.replaceChildren(
      this.#field(t('admin.venue'), { name: 'venue', value: plan.name, maxLength: 200 }),
      this.#field(t('admin.show_title'), { name: 'title', maxLength: 200 }),
      this.#field(t('admin.start'), {
        name: 'starts_at',
        type: 'datetime-local',
        value: eveningAhead(),
        max: START_MAX,
      }),
      labelled(t('admin.status'), this.#fill(make('select', { name: 'status' }, ...statuses))),
      this.#field(t('admin.currency'), {
        name: 'currency',
        value: CURRENCY_DEFAULT,
        maxLength: 3,
        className: 'code',
      }),
      make(
        'fieldset',
        {},
        make('legend', {}, t('admin.category_prices')),
        ...names.map((name) =>
          this.#field(name, { name: `price:${name}`, value: price, inputMode: 'decimal' }),
        ),
      ),
      make('button', { className: 'main' }, t('admin.create')),
    );
    this.#form.hidden = false;
  }

  /**
   * @param {string} words
   * @param {Record<string, any>} properties
   */
  #field(words, properties) {
    return labelled(words, this.#fill(make('input', { required: true, ...properties })));
  }

  /**
   * @template {import('./admin_fields.js').Field} F
   * @param {F} field
   */
  #fill(field) {
    const typed = this.#typed.get(field.name);
    if (typed !== undefined) field.value = typed;
    return field;
  }

  /** @param {Event} event */
  async #submit(event) {
    event.preventDefault();
    if (this.#isBusy) return;
    this.#isBusy = true;
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
      this.#typed.clear();
      location.hash = `#show=${show}`;
    } catch (error) {
      if (!(error instanceof RangeError)) return sayFailure(error);
      this.#showBadField(error.message);
    } finally {
      this.#isBusy = false;
    }
  }

  /** @param {string} name */
  #showBadField(name) {
    /** @type {HTMLInputElement | null} */
    const field = this.#form.querySelector(`[name="${CSS.escape(name)}"]`);
    const key = name.startsWith(PRICE_PREFIX) ? 'price' : name;
    if (field) showFault(field, t(`admin.bad_${key}`));
  }
}

/** In a month, in the evening, as a datetime-local input wants it. */
function eveningAhead() {
  const at = new Date();
  at.setDate(at.getDate() + DAYS_AHEAD);
  at.setHours(CURTAIN_HOUR, 0, 0, 0);
  return localTime(at.toISOString());
}

/**
 * Return what the form says as POST /shows takes it, but for the venue. Throws RangeError, naming
 * the field, for what is no price or no time.
 *
 * @param {FormData} values
 */
function showForm(values) {
  const text = (/** @type {string} */ name) => String(values.get(name) ?? '');
  const currency = text('currency').trim().toUpperCase();
  if (!CURRENCY.test(currency)) throw new RangeError('currency');
  /** @type {Record<string, number>} */
  const prices = {};
  for (const [name, value] of values) {
    if (!name.startsWith(PRICE_PREFIX)) continue;
    const price = minorUnits(String(value), currency);
    if (price === null) throw new RangeError(name);
    prices[name.slice(PRICE_PREFIX.length)] = price;
  }
  return {
    title: text('title'),
    starts_at: momentOf(text('starts_at')),
    status: text('status'),
    currency,
    prices,
  };
}
