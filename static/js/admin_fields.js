/** Fields of the box office's forms, and what is wrong with one of them. */

import { make } from './dom.js';
import { minorUnits, typedAmount } from './show_patch.js';

/** @typedef {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} Field */

/**
 * @param {string} words
 * @param {Field} field
 */
export function labelled(words, field) {
  return make('label', {}, make('span', {}, words), field);
}

/**
 * Return a field for a price that is written in one way, however it was typed: "12,5" is no other
 * price than "12.50".
 *
 * @param {string} name
 * @param {string} value
 * @param {string} currency
 */
export function priceInput(name, value, currency) {
  const input = make('input', { name, value, inputMode: 'decimal', required: true });
  input.addEventListener('change', () => {
    const amount = minorUnits(input.value, currency);
    if (amount !== null) input.value = typedAmount(amount, currency);
  });
  return input;
}

/**
 * Say beside a field what is wrong with it, until somebody changes it, and go there.
 *
 * @param {Field} field in a label
 * @param {string} words
 */
export function showFault(field, words) {
  clearFault(field);
  // In the label, so it is read out with the field's name.
  field.after(make('span', { className: 'fault' }, words));
  field.setAttribute('aria-invalid', 'true');
  field.addEventListener('input', () => clearFault(field), { once: true });
  field.focus();
}

/** @param {Field} field */
function clearFault(field) {
  field.removeAttribute('aria-invalid');
  field.parentElement?.querySelector('.fault')?.remove();
}
