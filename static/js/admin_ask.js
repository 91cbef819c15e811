/** Questions before what cannot be undone, and short words after what was done. */

import { byId, make } from './dom.js';
import { WireError } from './protocol.js';
import { hasText, t } from './texts.js';

const TOAST_MS = 8_000;

let hideToast = 0;

/**
 * Ask, and return whether the answer is yes. Escape is no; so is a second question beside the first,
 * as after a double click.
 *
 * @param {object} question
 * @param {string} question.title
 * @param {(Node | string)[]} question.words
 * @param {string} question.yes
 * @param {boolean} [question.isGrave] whether yes takes something away from people
 * @returns {Promise<boolean>}
 */
export function ask({ title, words, yes, isGrave = false }) {
  const dialog = /** @type {HTMLDialogElement} */ (byId('ask'));
  if (dialog.open) return Promise.resolve(false);
  byId('ask-title').textContent = title;
  byId('ask-words').replaceChildren(...words);
  byId('ask-yes').textContent = yes;
  byId('ask-yes').classList.toggle('grave', isGrave);
  dialog.returnValue = 'no';
  dialog.showModal();
  // Whoever only presses Enter has not read the question.
  byId('ask-no').focus();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'), { once: true });
  });
}

/**
 * Say what has happened.
 *
 * @param {string} words
 * @param {'done' | 'failed'} [kind]
 */
export function say(words, kind = 'done') {
  const toast = byId('toast');
  toast.replaceChildren(make('p', {}, words));
  toast.dataset.kind = kind;
  toast.hidden = false;
  clearTimeout(hideToast);
  hideToast = window.setTimeout(() => (toast.hidden = true), TOAST_MS);
}

/**
 * Say why something was not done.
 *
 * @param {unknown} error
 */
export function sayFailure(error) {
  if (!(error instanceof WireError)) throw error;
  say(failureWords(error), 'failed');
}

/** @param {WireError} error */
export function failureWords(error) {
  const key = `admin.failed_${error.code}`;
  return hasText(key) ? t(key) : t('admin.failed', { words: error.message });
}
