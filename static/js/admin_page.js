/**
 * The page `/admin`: the box office. What is shown stands in the fragment, so that the browser's
 * own back button works: nothing for the shows, `#show=3` for one of them, `#plan` for a new one.
 *
 * Without a token, and when the server refuses it, the page asks for one first.
 */

import './define.js';
import { AdminApi } from './admin_api.js';
import { failureWords } from './admin_ask.js';
import { Desk } from './admin_desk.js';
import { PlanLoader } from './admin_plan.js';
import { showCards, showNoCards } from './admin_shows.js';
import { byId } from './dom.js';
import { GrantedToken, readClaims, takeTokenFromAddress } from './granted_token.js';
import { MemoryStore } from './key_store.js';
import { WireError } from './protocol.js';
import { applyTexts, hasText, t } from './texts.js';

/** @typedef {'sign-in' | 'shows' | 'desk' | 'plan'} View */

const VIEWS = /** @type {const} */ (['sign-in', 'shows', 'desk', 'plan']);

const STAFF_ROLES = Object.freeze(['staff', 'admin']);

const TOKEN_KEY = 'seatwire.admin.token';

class AdminPage {
  #token = new GrantedToken(openTabStore(), TOKEN_KEY);
  #api = new AdminApi(location.origin, this.#token);
  #desk = new Desk(this.#api, this.#token);
  #plan = new PlanLoader(this.#api);
  /** What the last token said about itself; it may be forgotten by now. */
  #lastClaims = this.#token.claims;

  start() {
    const { signal } = new AbortController();
    const given = takeTokenFromAddress();
    if (given !== null) this.#take(given);
    this.#token.on('change', () => this.#takeChange(), signal);
    window.addEventListener('hashchange', () => {
      const late = takeTokenFromAddress();
      if (late !== null) this.#take(late);
      this.#route();
    });
    byId('sign-in').addEventListener('submit', (event) => this.#signIn(event));
    byId('sign-out').addEventListener('click', () => this.#signOut());
    document.addEventListener('visibilitychange', () => {
      if (document.body.dataset.view === 'shows' && !document.hidden) this.#listShows();
    });
    this.#desk.start();
    this.#plan.start();
    this.#route();
  }

  /** Show what the fragment says. */
  #route() {
    const claims = this.#token.claims;
    this.#showWho();
    if (claims === null) return this.#show('sign-in');
    const [, showId] = /^#show=(\d+)$/.exec(location.hash) ?? [];
    if (showId !== undefined) {
      this.#show('desk');
      return this.#desk.open(Number(showId));
    }
    if (location.hash === '#plan') {
      this.#show('plan');
      return this.#plan.open(claims.role === 'admin');
    }
    this.#show('shows');
    this.#listShows();
  }

  /** @param {View} view */
  #show(view) {
    if (view !== 'desk') this.#desk.close();
    const isOther = document.body.dataset.view !== view;
    for (const name of VIEWS) byId(name).hidden = name !== view;
    document.body.dataset.view = view;
    document.title = `${t('admin.title')} · Seatwire`;
    // Whoever goes by keyboard or by ear is taken to what is new.
    const first = view === 'sign-in' ? byId('token') : byId(view).querySelector('h1');
    if (isOther) first?.focus();
  }

  async #listShows() {
    try {
      showCards(await this.#api.shows());
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      showNoCards(failureWords(error), () => this.#listShows());
    }
  }

  #showWho() {
    const claims = this.#token.claims;
    const who = byId('who');
    who.hidden = byId('sign-out').hidden = claims === null;
    if (claims === null) return;
    const key = `admin.role_${claims.role}`;
    who.textContent = `${hasText(key) ? t(key) : claims.role} · ${claims.holder}`;
  }

  /** @param {Event} event */
  #signIn(event) {
    event.preventDefault();
    const input = /** @type {HTMLInputElement} */ (byId('token'));
    if (this.#take(input.value.trim())) input.value = '';
  }

  /** Leave nothing to whoever signs in next: neither what is typed nor what is loaded. */
  #signOut() {
    const { value } = this.#token;
    history.replaceState(null, '', location.pathname);
    if (value !== null) this.#token.forget(value);
    location.reload();
  }

  #takeChange() {
    const { claims } = this.#token;
    byId('sign-in-fault').textContent = claims === null ? this.#refusedWords() : '';
    this.#route();
  }

  /** Why the server may have refused the token; this device's clock may be wrong. */
  #refusedWords() {
    const isOver = this.#lastClaims !== null && this.#lastClaims.expiresAtMs < Date.now();
    return t(isOver ? 'admin.expired' : 'admin.refused');
  }

  /** @param {string} token @returns {boolean} whether it may enter */
  #take(token) {
    const claims = readClaims(token);
    const isStaff = claims !== null && STAFF_ROLES.includes(claims.role);
    byId('sign-in-fault').textContent = isStaff ? '' : wrongTokenWords(claims);
    if (!isStaff) return false;
    this.#lastClaims = claims;
    this.#token.give(token);
    return true;
  }
}

/** @param {import('./granted_token.js').Claims | null} claims */
function wrongTokenWords(claims) {
  return claims === null ? t('admin.not_token') : t('admin.not_staff', { role: claims.role });
}

/** A tab's own store: who closes the tab has signed out. */
function openTabStore() {
  try {
    sessionStorage.getItem(TOKEN_KEY);
    return sessionStorage;
  } catch {
    return new MemoryStore();
  }
}

applyTexts();
new AdminPage().start();
