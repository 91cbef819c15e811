/** The page `/shows/{id}`: map, freshness, what the house has to say, basket. */

import './define.js';
import { Basket } from './basket.js';
import { byId } from './dom.js';
import { Legend } from './legend.js';
import { SHOW_STATUS_WORDS, noticeWords, showBanner, showTime } from './texts.js';

/** @typedef {import('./seat_map.js').SeatMap} SeatMap */
/** @typedef {import('./show_session.js').ShowSession} ShowSession */

const NOTICE_MS = 10_000;

/** @param {ShowSession} session */
function showShow({ show }) {
  if (show === null) return;
  const { status } = show;
  document.title = `${show.title} · Seatwire`;
  byId('title').textContent = show.title;
  byId('when').textContent = showTime(show.starts_at);
  const chip = byId('status');
  chip.textContent = SHOW_STATUS_WORDS[status] ?? status;
  chip.dataset.status = status;
  chip.hidden = false;
  const banner = byId('banner');
  banner.dataset.status = status;
  byId('banner-status').textContent = showBanner(show);
  byId('banner-message').textContent = show.message ?? '';
  banner.hidden = showBanner(show) === '' && !show.message;
}

let hideNotice = 0;

/** @param {string} words */
function showNotice(words) {
  const notice = byId('notice');
  /** @type {HTMLElement} */ (notice.querySelector('p')).textContent = words;
  notice.hidden = words === '';
  clearTimeout(hideNotice);
  if (words) hideNotice = window.setTimeout(() => showNotice(''), NOTICE_MS);
}

function open() {
  const map = /** @type {SeatMap} */ (byId('map'));
  const [, showId] = /^\/shows\/(\d+)\/?$/.exec(location.pathname) ?? [];
  map.setAttribute('show', showId ?? '');
  const { session } = map;
  if (session === null) return showNotice('This address names no show.');
  // The page lives as long as its session.
  const { signal } = new AbortController();
  const legend = new Legend(session, map);
  session.on('show', () => showShow(session), signal);
  session.on('show', () => legend.render(), signal);
  session.on('plan', () => legend.render(), signal);
  session.on(
    'notice',
    (notice) => showNotice(noticeWords(notice, session.plan, session.show)),
    signal,
  );
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => legend.render());
  byId('notice')
    .querySelector('button')
    ?.addEventListener('click', () => showNotice(''));
  new Basket(byId('basket'), session).start(signal);
}

open();
