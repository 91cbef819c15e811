/** What a session's notices mean to a buyer: words, and free seats for those that were lost. */

import { FasterOffers, offersFor } from './faster_offers.js';
import { money } from './formats.js';
import { nameSeats, noticeWords } from './sentences.js';
import { t } from './texts.js';

/** @typedef {import('./show_session.js').ShowSession} ShowSession */
/** @typedef {import('./sentences.js').AnyNotice} AnyNotice */

export class Notices {
  #bar;
  #offers = new FasterOffers();
  #session;

  /**
   * @param {ShowSession} session
   * @param {Pick<import('./notice_bar.js').NoticeBar, 'show'>} bar
   */
  constructor(session, bar) {
    this.#session = session;
    this.#bar = bar;
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
