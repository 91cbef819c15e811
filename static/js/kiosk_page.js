/**
 * The page `/kiosk/{id}`: one show on a screen in the foyer, for whoever stands before it.
 *
 *   attract --touch--> choosing --booked--> ticket --done, or nobody there--> attract
 *   choosing --left, or nobody there--> attract, and what was held is given back
 *   any --the device's token is refused--> setup --a token--> attract
 */

import './define.js';
import { retryDelayMs } from './backoff.js';
import { systemClock } from './clock.js';
import { byId, make } from './dom.js';
import { GrantedToken, readClaims, takeTokenFromAddress } from './granted_token.js';
import { IdleWatch } from './idle_watch.js';
import { openKeyStore } from './key_store.js';
import { renderAttract } from './kiosk_attract.js';
import { KioskBasket } from './kiosk_basket.js';
import { Clearance } from './kiosk_clearance.js';
import { KioskNews } from './kiosk_news.js';
import { KioskTicket } from './kiosk_ticket.js';
import { Legend } from './legend.js';
import { NO_OFFERS } from './notice_bar.js';
import { Notices } from './notices.js';
import { PrefixStore } from './prefix_store.js';
import { showBanner } from './sentences.js';
import { applyTexts, t } from './texts.js';

/** @typedef {import('./seat_map.js').SeatMap} SeatMap */
/** @typedef {import('./show_session.js').ShowSession} ShowSession */
/** @typedef {'attract' | 'choosing' | 'ticket'} Screen */

const IDLE_MS = 60_000;
const IDLE_WARNING_MS = 10_000;

/** Long enough to take the ticket and to photograph the code. */
const TICKET_MS = 45_000;

const NOTICE_MS = 8_000;

/** News that nobody waves away go by themselves; the banner stays. */
const NEWS_MS = 30_000;

/** Which sellers' tokens may stand in a foyer: staff's open far more than a kiosk needs. */
const DEVICE_ROLE = 'kiosk';

class Kiosk {
  #showId;
  #map = /** @type {SeatMap} */ (byId('map'));
  #store = new PrefixStore(openKeyStore(), 'seatwire.kiosk.');
  #token = new GrantedToken(this.#store, 'token');
  #news = new KioskNews();
  #idle = new IdleWatch({
    clock: systemClock,
    onWarning: (seconds) => this.#warn(seconds),
    onOver: () => this.#nobodyThere(),
  });
  /** @type {Screen} */
  #screen = 'attract';
  #open = new AbortController();
  /** @type {Clearance | null} */
  #clearance = null;
  /** @type {KioskTicket | null} */
  #ticket = null;
  #attempt = 0;
  #cancelReopen = () => {};
  #cancelNotice = () => {};
  #cancelNews = () => {};

  /** @param {number} showId */
  constructor(showId) {
    this.#showId = showId;
  }

  start() {
    const { signal } = new AbortController();
    this.#token.on('change', () => this.#takeTokenChange(), signal);
    const given = takeTokenFromAddress();
    if (given !== null) this.#takeToken(given);
    byId('setup-form').addEventListener('submit', (event) => this.#submitToken(event));
    byId('attract').addEventListener('click', () => this.#begin());
    byId('leave').addEventListener('click', () => this.#show('attract'));
    byId('notice').addEventListener('click', () => this.#notice(''));
    for (const type of ['pointerdown', 'pointermove', 'keydown', 'wheel']) {
      window.addEventListener(type, () => this.#touch(), { capture: true, passive: true });
    }
    byId('idle').addEventListener('click', () => this.#idle.touch());
    // What a long press offers leads away from here.
    window.addEventListener('contextmenu', (event) => event.preventDefault());
    this.#map.access = { token: this.#token, store: this.#store };
    this.#map.addEventListener('session', () => this.#follow());
    this.#map.setAttribute('show', String(this.#showId));
    this.#showSetup();
    this.#show('attract');
  }

  /** Listen to the map's session, which is a new one after the server ended the last for good. */
  #follow() {
    const session = /** @type {ShowSession} */ (this.#map.session);
    this.#open.abort();
    this.#open = new AbortController();
    const { signal } = this.#open;
    this.#clearance = new Clearance(session.holding, systemClock, signal);
    this.#ticket = new KioskTicket({
      session,
      showId: this.#showId,
      token: this.#token,
      clock: systemClock,
      onDone: () => this.#show('attract'),
    });
    const legend = new Legend(session, this.#map);
    const attract = () => renderAttract(session, this.#clearance?.isClear ?? false);
    session.on('show', () => this.#takeShow(session, legend), signal);
    session.on('show', attract, signal);
    session.on('plan', () => legend.render(), signal);
    session.on('problem', () => this.#takeProblem(session), signal);
    const notices = new Notices(session, { show: (...said) => this.#notice(...said) });
    session.on('notice', (notice) => this.#isChoosing && notices.tell(notice), signal);
    session.sync.on('seats', attract, signal);
    session.sync.on('freshness', attract, signal);
    session.holding.on('change', attract, signal);
    session.holding.on('change', () => this.#takeBooking(session), signal);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => legend.render(), {
      signal,
    });
    new KioskBasket(byId('basket'), session).start(signal);
    if (this.#screen === 'attract') this.#clearance.begin();
    attract();
  }

  /**
   * Somebody is there. Over the question whether anybody is, only a whole tap counts: the question
   * must not vanish under a finger that would then press what lies below it.
   */
  #touch() {
    if (byId('idle').hidden) this.#idle.touch();
  }

  #begin() {
    const begin = /** @type {HTMLButtonElement} */ (byId('begin'));
    if (begin.disabled || begin.hidden) return;
    this.#clearance?.end();
    this.#show('choosing');
  }

  /** @param {Screen} screen */
  #show(screen) {
    this.#screen = screen;
    document.body.dataset.screen = screen;
    byId('attract').hidden = screen !== 'attract';
    byId('ticket').hidden = screen !== 'ticket';
    byId('choosing').inert = screen !== 'choosing';
    this.#notice('');
    this.#news.hide();
    if (screen === 'choosing') this.#idle.start(IDLE_MS, IDLE_WARNING_MS);
    if (screen === 'ticket') this.#idle.start(TICKET_MS, TICKET_MS);
    if (screen !== 'attract') return;
    this.#idle.stop();
    this.#ticket?.hide();
    this.#clearance?.begin();
    this.#map.fit();
    const session = this.#map.session;
    if (session) renderAttract(session, this.#clearance?.isClear ?? false);
  }

  /** @param {number | null} seconds */
  #warn(seconds) {
    if (this.#screen === 'ticket') {
      if (seconds !== null) this.#ticket?.showSeconds(seconds);
      return;
    }
    byId('idle').hidden = seconds === null;
    byId('idle-seconds').textContent = seconds === null ? '' : String(seconds);
  }

  #nobodyThere() {
    // A booking that is being made is waited for: somebody may have paid for it.
    const isBooking = this.#map.session?.holding.busy === 'book';
    if (isBooking) this.#idle.start(IDLE_MS, IDLE_WARNING_MS);
    else this.#show('attract');
  }

  /**
   * @param {ShowSession} session
   * @param {Legend} legend
   */
  #takeShow(session, legend) {
    const { show } = session;
    if (show === null) return;
    this.#attempt = 0;
    const banner = byId('banner');
    banner.dataset.status = show.status;
    banner.textContent = [showBanner(show), show.message].filter(Boolean).join(' ');
    banner.hidden = banner.textContent === '';
    legend.render();
    this.#news.take(show);
    this.#cancelNews();
    this.#cancelNews = systemClock.after(NEWS_MS, () => this.#news.hide());
    if (this.#screen === 'attract') this.#news.hide();
  }

  /** @param {ShowSession} session */
  #takeProblem({ problem }) {
    if (problem?.kind !== 'closed' && problem?.kind !== 'no_show') return;
    // Nobody reloads a kiosk's page: it tries again for ever.
    this.#cancelReopen();
    const delayMs = 1_000 + retryDelayMs(this.#attempt, systemClock.random());
    this.#attempt += 1;
    const reopen = () => this.#map.setAttribute('show', String(this.#showId));
    this.#cancelReopen = systemClock.after(delayMs, reopen);
  }

  get #isChoosing() {
    return this.#screen === 'choosing';
  }

  /**
   * Say something; with offers until it is answered, or nobody is there any more.
   *
   * @param {string} words nothing to say nothing
   * @param {import('./notice_bar.js').Offers} [offers]
   */
  #notice(words, offers = NO_OFFERS) {
    const notice = byId('notice');
    const said = /** @type {HTMLElement} */ (notice.querySelector('p'));
    said.textContent = [words, offers.words].filter(Boolean).join(' ');
    const buttons = offers.choices.map(({ words, act }) =>
      make('button', { type: 'button', textContent: words, onclick: act }),
    );
    /** @type {HTMLElement} */ (notice.querySelector('.offers')).replaceChildren(...buttons);
    notice.hidden = words === '';
    this.#cancelNotice();
    if (words === '' || buttons.length > 0) return;
    this.#cancelNotice = systemClock.after(NOTICE_MS, () => this.#notice(''));
  }

  /** @param {ShowSession} session */
  #takeBooking({ holding }) {
    if (holding.booking === null || !this.#isChoosing) return;
    this.#ticket?.show(holding.booking);
    this.#show('ticket');
  }

  /** @param {string} text @returns {boolean} whether it is a device's token */
  #takeToken(text) {
    const isDevice = readClaims(text)?.role === DEVICE_ROLE;
    byId('setup-fault').textContent = isDevice ? '' : t('kiosk.not_a_device');
    if (isDevice) this.#token.give(text);
    return isDevice;
  }

  /** @param {Event} event */
  #submitToken(event) {
    event.preventDefault();
    const input = /** @type {HTMLInputElement} */ (byId('setup-token'));
    if (this.#takeToken(input.value.trim())) input.value = '';
  }

  #takeTokenChange() {
    // Nobody puts a kiosk's token away: the server has refused it.
    byId('setup-fault').textContent = this.#token.value === null ? t('kiosk.refused') : '';
    this.#showSetup();
  }

  #showSetup() {
    const needsToken = this.#token.value === null;
    byId('setup').hidden = !needsToken;
    byId('attract').inert = needsToken;
    if (needsToken) byId('setup-token').focus();
  }
}

function open() {
  applyTexts();
  const [, showId] = /^\/kiosk\/(\d+)\/?$/.exec(location.pathname) ?? [];
  if (showId !== undefined) new Kiosk(Number(showId)).start();
}

open();
