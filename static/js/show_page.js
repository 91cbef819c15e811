/** The page `/shows/{id}`: seats as map and list, what the house has to say, basket. */

import './define.js';
import { bookingAddress, showAt } from './addresses.js';
import { Basket } from './basket.js';
import { byId } from './dom.js';
import { FasterOffers, offersFor } from './faster_offers.js';
import { money, showTime } from './formats.js';
import { HoldSpeaker } from './hold_speaker.js';
import { Legend } from './legend.js';
import { NoticeBar } from './notice_bar.js';
import { SeatList } from './seat_list.js';
import { nameSeats, noticeWords, showBanner, showStatusWords } from './sentences.js';
import { applyTexts, t } from './texts.js';
import { ViewSwitch } from './view_switch.js';

/** @typedef {import('./seat_map.js').SeatMap} SeatMap */
/** @typedef {import('./show_session.js').ShowSession} ShowSession */
/** @typedef {import('./sentences.js').AnyNotice} AnyNotice */

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
  byId('banner-status').textContent = showBanner(show);
  byId('banner-message').textContent = show.message ?? '';
  banner.hidden = showBanner(show) === '' && !show.message;
}

/** @param {ShowSession} session */
function showProblem({ problem }) {
  if (problem?.kind !== 'no_show') return;
  document.body.dataset.problem = problem.kind;
  byId('title').textContent = t('problem.no_show');
}

class Notices {
  #bar = new NoticeBar(byId('notices'));
  #offers = new FasterOffers();
  #session;

  /** @param {ShowSession} session */
  constructor(session) {
    this.#session = session;
  }

  /** @param {AnyNotice} notice */
  tell(notice) {
    const isLoss = notice.kind === 'refused' && notice.error.code === 'seats_taken';
    if (isLoss) return this.#tellLoss(this.#offers.lose(notice.seats, performance.now()));
    this.#bar.show(noticeWords(notice, this.#session.plan, this.#session.show));
  }

  /** @param {number[]} lost */
  #tellLoss(lost) {
    const { plan } = this.#session;
    const groups = offersFor(this.#session, lost);
    const words = t('notice.faster', { names: nameSeats(lost, plan) });
    if (groups.length === 0) return this.#bar.show(`${words} ${t('notice.none_near')}`);
    const choices = groups.map((seats) => ({
      words: this.#offerWords(seats, lost),
      act: () => this.#take(seats),
    }));
    this.#bar.show(words, { words: t('notice.nearest', { count: lost.length }), choices });
  }

  /**
   * Return what is offered, with its price when that is another one.
   *
   * @param {number[]} seats
   * @param {number[]} lost
   */
  #offerWords(seats, lost) {
    const { plan, show } = this.#session;
    const words = t('notice.take', { seat: nameSeats(seats, plan) });
    const price = this.#priceOf(seats);
    if (show === null || price === this.#priceOf(lost)) return words;
    return `${words} · ${money(price, show.currency)}`;
  }

  /** @param {number[]} seats */
  #priceOf(seats) {
    return seats.reduce((sum, seat) => sum + (this.#session.priceOf(seat) ?? 0), 0);
  }

  /** @param {number[]} seats */
  #take(seats) {
    this.#offers.forget();
    for (const seat of seats) this.#session.holding.add(seat);
  }
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
  const notices = new Notices(session);
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
