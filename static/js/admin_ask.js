/** Questions before what cannot be undone, and short words after what was done. */

import { byId, make } from './dom.js';
import { WireError } from './protocol.js';
import { hasText, t } from './texts.js';

/** What was done is seen anyway; what was not has to be read, and stays until it is put away. */
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
  unsay();
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
  const close = make('button', {
    type: 'button',
    ariaLabel: t('page.close'),
    textContent: '×',
    onclick: unsay,
  });
  toast.dataset.kind = kind;
  toast.replaceChildren(make('p', {}, words), close);
  clearTimeout(hideToast);
  if (kind === 'done') hideToast = window.setTimeout(unsay, TOAST_MS);
}

/** Put away what was said. The region itself stays: one that comes and goes is not read out. */
export function unsay() {
  clearTimeout(hideToast);
  byId('toast').replaceChildren();
}

/**
 * Say why something was not done, or that nobody knows.
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
  return t(hasText(key) ? key : 'admin.failed', { words: error.message });
}
