/** The page `/shows/{id}`: seats as map and list, what the house has to say, basket. */

import './define.js';
import { bookingAddress, showAt } from './addresses.js';
import { Basket } from './basket.js';
import { byId } from './dom.js';
import { showTime } from './formats.js';
import { HoldSpeaker } from './hold_speaker.js';
import { Legend } from './legend.js';
import { NoticeBar } from './notice_bar.js';
import { Notices } from './notices.js';
import { SeatList } from './seat_list.js';
import { keptWords, showState, showStatusWords } from './sentences.js';
import { applyTexts, t } from './texts.js';
import { ViewSwitch } from './view_switch.js';

/** @typedef {import('./seat_map.js').SeatMap} SeatMap */
/** @typedef {import('./show_session.js').ShowSession} ShowSession */

/** @param {ShowSession} session */
function showShow({ show }) {
  if (show === null) return;
  const { status } = show;
  document.title = `${show.title} · Seatwire`;
  byId('title').textContent = show.title;
  byId('when').textContent = showTime(show.starts_at);
  const chip = byId('status');
  chip.textContent = showStatusWords(status);
  chip.dataset.status = status;
  chip.hidden = false;
  const banner = byId('banner');
  banner.dataset.status = status;
  const words = [keptWords(show), show.message].filter(Boolean).join(' ');
  byId('banner-status').textContent = showState(show);
  byId('banner-message').textContent = words;
  banner.hidden = showState(show) === '' && words === '';
}

/** @param {ShowSession} session */
function showProblem({ problem }) {
  if (problem?.kind !== 'no_show') return;
  document.body.dataset.problem = problem.kind;
  byId('title').textContent = t('problem.no_show');
}

function open() {
  const map = /** @type {SeatMap} */ (byId('map'));
  const showId = showAt(location.pathname);
  map.setAttribute('show', String(showId ?? ''));
  const { session } = map;
  if (session === null || showId === null) {
    return new NoticeBar(byId('notices')).show(t('page.no_show_address'));
  }
  // The page lives as long as its session.
  const { signal } = new AbortController();
  const legend = new Legend(session, map);
  const notices = new Notices(session, new NoticeBar(byId('notices')));
  session.on('show', () => showShow(session), signal);
  session.on('show', () => legend.render(), signal);
  session.on('plan', () => legend.render(), signal);
  session.on('problem', () => showProblem(session), signal);
  session.on('notice', (notice) => notices.tell(notice), signal);
  session.holding.on(
    'booked',
    ({ booking }) => location.assign(bookingAddress(showId, booking)),
    signal,
  );
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => legend.render());
  new ViewSwitch(byId('views'), byId('stage')).start();
  new SeatList({ tree: byId('tree'), summary: byId('summary') }, session).start(signal);
  new HoldSpeaker(byId('said'), session).start(signal);
  new Basket({ root: byId('basket'), alarm: byId('alarm') }, session).start(signal);
}

applyTexts();
open();
