/**
 * The page `/admin`: the box office. What is shown stands in the fragment, so that the browser's
 * own back button works: nothing for the shows, `#show=3` for one of them, `#plan` for a new one.
 *
 * Without a token, and when the server refuses it, the page asks for one first.
 */

import './define.js';
import { AdminApi } from './admin_api.js';
import { sayFailure } from './admin_ask.js';
import { Desk } from './admin_desk.js';
import { PlanLoader } from './admin_plan.js';
import { showCards } from './admin_shows.js';
import { byId } from './dom.js';
import { GrantedToken, readClaims, takeTokenFromAddress } from './granted_token.js';
import { MemoryStore } from './key_store.js';
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
  #isLeaving = false;

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
      sayFailure(error);
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

  #signOut() {
    this.#isLeaving = true;
    if (this.#token.value !== null) this.#token.forget(this.#token.value);
    this.#isLeaving = false;
  }

  /** A token that goes without being put away was refused by the server. */
  #takeChange() {
    const isRefused = this.#token.value === null && !this.#isLeaving;
    byId('sign-in-fault').textContent = isRefused ? t('admin.refused') : '';
    this.#route();
  }

  /** @param {string} token @returns {boolean} whether it may enter */
  #take(token) {
    const claims = readClaims(token);
    const isStaff = claims !== null && STAFF_ROLES.includes(claims.role);
    byId('sign-in-fault').textContent = isStaff ? '' : t('admin.not_staff');
    if (isStaff) this.#token.give(token);
    return isStaff;
  }
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
