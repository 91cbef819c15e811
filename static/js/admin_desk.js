/** One show on the box office's desk: live map, how it sells, chosen seats, changes. */

import { SeatsPanel } from './admin_seats.js';
import { SalesPanel } from './admin_sales.js';
import { ChangePanel } from './admin_change.js';
import { startTabs } from './admin_tabs.js';
import { byId } from './dom.js';
import { showTime } from './formats.js';
import { MemoryStore } from './key_store.js';
import { WireError } from './protocol.js';
import { showStatusWords } from './sentences.js';
import { t } from './texts.js';

/** @typedef {import('./seat_map.js').SeatMap} SeatMap */
/** @typedef {import('./seat_selection.js').SelectionMode} SelectionMode */

/** How often the figures are asked for; changes that are made here ask at once. */
const SALES_EVERY_MS = 2_500;

export class Desk {
  #api;
  #token;
  #map = /** @type {SeatMap} */ (byId('map'));
  #showId = 0;
  #open = new AbortController();
  #polling = 0;
  #sales;
  #seats;
  #change;
  #showPanel = (/** @type {string} */ _panel) => {};

  /**
   * @param {import('./admin_api.js').AdminApi} api
   * @param {import('./granted_token.js').GrantedToken} token
   */
  constructor(api, token) {
    this.#api = api;
    this.#token = token;
    const onDone = () => this.#poll();
    this.#sales = new SalesPanel((seats) => this.#map.lookAt(seats));
    this.#seats = new SeatsPanel({ api, map: this.#map, onDone });
    this.#change = new ChangePanel({ api, onDone });
  }

  /** Listen to what stays on the page for good. */
  start() {
    this.#showPanel = startTabs(/** @type {HTMLElement} */ (document.querySelector('.tabs')));
    // The desk holds no seats of its own.
    this.#map.access = { token: this.#token, store: new MemoryStore() };
    this.#map.addEventListener('selectionchange', () => this.#takeSelection());
    byId('clear').addEventListener('click', () => (this.#map.selected = []));
    for (const tool of document.querySelectorAll('[name=tool]')) {
      tool.addEventListener('change', () => this.#takeTool());
    }
    document.addEventListener('visibilitychange', () => document.hidden || this.#poll());
  }

  /** @param {number} showId */
  open(showId) {
    if (showId === this.#showId) return;
    this.close();
    this.#showId = showId;
    this.#open = new AbortController();
    const { signal } = this.#open;
    this.#map.setAttribute('show', String(showId));
    this.#takeTool();
    const { session } = this.#map;
    if (session === null) return;
    session.on('show', () => this.#takeShow(), signal);
    session.sync.on('seats', (changes) => this.#seats.takeChanges(changes), signal);
    this.#seats.open(showId);
    this.#change.open(showId);
    this.#showPanel('sales');
    this.#takeSelection();
    this.#poll();
  }

  close() {
    this.#open.abort();
    this.#showId = 0;
    clearTimeout(this.#polling);
    this.#map.removeAttribute('show');
    this.#sales.clear();
  }

  /** Ask for the figures now, and again and again. */
  async #poll() {
    const showId = this.#showId;
    clearTimeout(this.#polling);
    if (showId === 0 || document.hidden) return;
    try {
      const sales = await this.#api.sales(showId);
      if (showId !== this.#showId) return;
      this.#sales.show(sales, this.#map.session?.show ?? null);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      if (showId === this.#showId) this.#sales.showOld();
    }
    clearTimeout(this.#polling);
    if (showId === this.#showId) {
      this.#polling = window.setTimeout(() => this.#poll(), SALES_EVERY_MS);
    }
  }

  #takeShow() {
    const show = this.#map.session?.show;
    if (!show) return;
    document.title = `${show.title} · ${t('admin.title')}`;
    byId('title').textContent = show.title;
    byId('when').textContent = showTime(show.starts_at);
    const status = byId('status');
    status.textContent = showStatusWords(show.status);
    status.dataset.status = show.status;
    byId('message').textContent = show.message ?? '';
    byId('message').hidden = !show.message;
    this.#change.take(show);
  }

  #takeSelection() {
    const count = this.#map.selected.size;
    byId('chosen').textContent = t('admin.chosen', { count });
    /** @type {HTMLButtonElement} */ (byId('clear')).disabled = count === 0;
    this.#seats.select([...this.#map.selected]);
    if (count > 0) this.#showPanel('seats');
  }

  #takeTool() {
    const tool = /** @type {HTMLInputElement} */ (document.querySelector('[name=tool]:checked'));
    this.#map.selectionMode = /** @type {SelectionMode} */ (tool.value);
  }
}
