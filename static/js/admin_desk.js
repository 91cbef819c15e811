/** One show on the box office's desk: live map, how it sells, chosen seats, changes. */

import { SeatsPanel } from './admin_seats.js';
import { SalesPanel } from './admin_sales.js';
import { ChangePanel } from './admin_change.js';
import { failureWords } from './admin_ask.js';
import { write } from './admin_keyed.js';
import { shownPanel, startTabs } from './admin_tabs.js';
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
  #tabs = /** @type {HTMLElement} */ (document.querySelector('.tabs'));
  #showPanel = (/** @type {string} */ _panel) => {};
  /** What was chosen on the show that was left last. */
  #left = { showId: 0, seats: /** @type {number[]} */ ([]) };

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
    this.#showPanel = startTabs(this.#tabs);
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
    this.#showHead(null);
    this.#map.setAttribute('show', String(showId));
    this.#takeTool();
    const { session } = this.#map;
    if (session === null) return;
    session.on('show', () => this.#takeShow(), signal);
    session.sync.on('seats', (changes) => this.#seats.takeChanges(changes), signal);
    session.sync.on('freshness', () => this.#takeFreshness(), signal);
    this.#seats.open(showId);
    this.#change.open(showId);
    // Who had to sign in anew goes on where they were.
    if (showId === this.#left.showId) this.#chooseAgain(this.#left.seats, signal);
    else this.#showPanel('sales');
    this.#takeSelection();
    this.#poll();
  }

  close() {
    if (this.#showId === 0) return;
    this.#left = { showId: this.#showId, seats: [...this.#map.selected] };
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
      if (showId !== this.#showId) return;
      // The map says so too; asking again does not help.
      if (error.code === 'not_found') return this.#sales.showNone(failureWords(error));
      this.#sales.showOld();
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
    this.#showHead(show);
    this.#change.take(show);
  }

  /** @param {import('./protocol.js').Show | null} show null while it is not known */
  #showHead(show) {
    write(byId('title'), show?.title ?? '');
    write(byId('when'), show === null ? '' : showTime(show.starts_at));
    const status = byId('status');
    write(status, show === null ? '' : showStatusWords(show.status));
    status.hidden = show === null;
    status.dataset.status = show?.status;
    write(byId('message'), show?.message ?? '');
    byId('message').hidden = !show?.message;
  }

  /**
   * @param {number[]} seats
   * @param {AbortSignal} signal
   */
  #chooseAgain(seats, signal) {
    const choose = () => {
      const panel = shownPanel(this.#tabs);
      this.#map.selected = seats;
      this.#showPanel(panel);
    };
    this.#map.addEventListener('plan', choose, { signal, once: true });
  }

  #takeFreshness() {
    if (this.#map.session?.sync.freshness.state !== 'live') return;
    this.#seats.takeContact();
    this.#poll();
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
