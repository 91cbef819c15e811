/**
 * A connection to the server that outlives its sockets.
 *
 * At most one link is current; its pushes and nobody else's are passed on. Life of a connection:
 *
 *   opening --hello answered--> ready --link ends--> waiting --full-jitter delay--> opening
 *   ready --goaway--> ready on the old link while the new one opens, then ready on the new one
 *   any --close code 4500…4999, or close()--> closed
 *
 * Events:
 *   ready   a link has become current: watch again from what you have; detail.isMove: it took over
 *           from another one that still worked
 *   down    there is no link now; `lastHeardAt` says since when the picture is not fed
 *   awake   the page is visible again on the same link: nothing was sent in between; or the machine
 *           has slept
 *   push    detail: the message
 *   closed  for good; detail: the reason in the server's words
 */

import { retryDelayMs } from './backoff.js';
import { systemClock } from './clock.js';
import { Emitter } from './emitter.js';
import { Link } from './link.js';
import { SUBPROTOCOL, WireError } from './protocol.js';

/** @typedef {import('./clock.js').Clock} Clock */
/** @typedef {import('./protocol.js').Push} Push */
/** @typedef {import('./protocol.js').Reply} Reply */
/** @typedef {(url: string, subprotocol: string) => WebSocket} OpenSocket */

export class Connection extends Emitter {
  #url;
  #token;
  #clock;
  #openSocket;
  /** @type {Link | null} the one whose pushes count */
  #link = null;
  /** @type {Link | null} the one that is being opened */
  #next = null;
  #linkToken = '';
  #isVisible;
  #isClosed = false;
  #attempt = 0;
  #lastHeardAt = /** @type {number | null} */ (null);
  #cancelRetry = () => {};
  /** The server does not want to be asked earlier, by the clock's `now`. */
  #notBefore = 0;

  /**
   * @param {object} parts
   * @param {string} parts.server origin of the server
   * @param {Pick<import('./session_token.js').SessionToken, 'get' | 'forget'>} parts.token
   * @param {boolean} [parts.visible]
   * @param {Clock} [parts.clock]
   * @param {OpenSocket} [parts.openSocket]
   */
  constructor({ server, token, visible = true, clock = systemClock, openSocket = openWebSocket }) {
    super();
    this.#url = socketUrl(server);
    this.#token = token;
    this.#isVisible = visible;
    this.#clock = clock;
    this.#openSocket = openSocket;
  }

  /** Say whether commands can be sent now. */
  get isReady() {
    return this.#link !== null;
  }

  /** When the server last said anything, in milliseconds since 1970; null for never. */
  get lastHeardAt() {
    return this.#lastHeardAt;
  }

  /** Open, and stay open until `close`. */
  open() {
    this.#openLink();
  }

  /** Close for good and tell nobody. */
  close() {
    this.#isClosed = true;
    this.#cancelRetry();
    this.#next?.end();
    this.#link?.end();
    this.#next = this.#link = null;
  }

  /**
   * Send a command on the current link. Rejects with WireError: the server's own, `not_connected`
   * (it was not sent), or a code of OUTCOME_UNKNOWN_CODES.
   *
   * @param {string} op
   * @param {Record<string, unknown>} [fields]
   * @returns {Promise<Reply>}
   */
  async request(op, fields) {
    const link = this.#link;
    if (link === null) throw new WireError('not_connected', 'There is no connection right now.');
    try {
      return await link.request(op, fields);
    } catch (error) {
      if (isUnauthorized(error)) this.#replaceToken(link);
      throw error;
    }
  }

  /**
   * Resolve as soon as there is a link. Rejects when there will never be one.
   *
   * @returns {Promise<void>}
   */
  whenReady() {
    if (this.#link !== null) return Promise.resolve();
    const closed = new WireError('not_connected', 'The connection is closed.');
    if (this.#isClosed) return Promise.reject(closed);
    return new Promise((resolve, reject) => {
      const settled = new AbortController();
      const settle = (/** @type {() => void} */ act) => () => (settled.abort(), act());
      this.on('ready', settle(resolve), settled.signal);
      this.on(
        'closed',
        settle(() => reject(closed)),
        settled.signal,
      );
    });
  }

  /** Try again at once when waiting to: the network is said to be back. */
  hurry() {
    if (this.#link !== null || this.#next !== null || this.#isClosed) return;
    this.#attempt = 0;
    this.#scheduleRetry();
  }

  /** The machine has slept: what the link says next may be old, if it is still there at all. */
  wake() {
    if (this.#link === null) this.hurry();
    else this.emit('awake');
  }

  /**
   * Tell the server whether anybody looks at this page.
   *
   * @param {boolean} value
   */
  async setVisible(value) {
    if (value === this.#isVisible) return;
    this.#isVisible = value;
    if (value) this.hurry();
    const link = this.#link;
    if (link === null) return;
    const told = link.setVisible(value);
    if (value) this.emit('awake');
    try {
      await told;
    } catch {
      // An unanswered `visible` leaves the link as it was; the watchdog ends it if it is dead.
    }
  }

  async #openLink() {
    this.#cancelRetry();
    /** @type {string | null} */
    let token = null;
    /** @type {Link | null} */
    let link = null;
    /** @type {import('./link.js').LinkEnd} */
    let end = { mayComeBack: true, reason: '' };
    try {
      token = await this.#token.get();
      if (this.#isClosed || this.#next !== null) return;
      link = this.#makeLink((itsEnd) => (end = itsEnd));
      this.#next = link;
      const visible = this.#isVisible;
      await link.start({ token, visible });
      if (this.#isClosed) return link.end();
      this.#next = null;
      this.#linkToken = token;
      this.#adopt(link);
      if (visible !== this.#isVisible) link.setVisible(this.#isVisible).catch(() => {});
    } catch (error) {
      if (this.#isClosed) return;
      if (this.#next === link) this.#next = null;
      link?.end();
      // A refused token is replaced whatever code the server then closes the socket with.
      if (token !== null && isUnauthorized(error)) this.#token.forget(token);
      else if (!end.mayComeBack) return this.#giveUp(end.reason);
      this.#heed(end);
      this.#scheduleRetry();
    }
  }

  /** @param {(end: import('./link.js').LinkEnd) => void} onEndWhileOpening */
  #makeLink(onEndWhileOpening) {
    /** @type {Link} */
    const link = new Link({
      socket: this.#openSocket(this.#url, SUBPROTOCOL),
      clock: this.#clock,
      onPush: (push) => link === this.#link && this.#take(push),
      onEnd: (end) => (link === this.#link ? this.#lose(end) : onEndWhileOpening(end)),
    });
    return link;
  }

  /** @param {Link} link */
  #adopt(link) {
    const old = this.#link;
    // Whoever asked for another link meanwhile has one.
    this.#cancelRetry();
    this.#link = link;
    this.#lastHeardAt = this.#clock.wallNow();
    this.emit('ready', { isMove: old !== null });
    old?.retire();
  }

  /** @param {Push} push */
  #take(push) {
    this.#lastHeardAt = this.#clock.wallNow();
    // Only a link that has lived to its first pulse proves the server well: one that answers hello
    // and falls over must not be asked again every half second.
    if (push.push === 'pulse') this.#attempt = 0;
    if (push.push === 'goaway') {
      this.#cancelRetry();
      this.#cancelRetry = this.#clock.after(push.delay_ms, () => this.#openLink());
      return;
    }
    this.emit('push', push);
  }

  /** @param {import('./link.js').LinkEnd} end */
  #lose(end) {
    this.#link = null;
    this.emit('down');
    if (!end.mayComeBack) return this.#giveUp(end.reason);
    this.#heed(end);
    if (this.#next === null) this.#scheduleRetry();
  }

  /** @param {import('./link.js').LinkEnd} end */
  #heed({ retryInMs = 0 }) {
    this.#notBefore = this.#clock.now() + retryInMs;
  }

  #scheduleRetry() {
    this.#cancelRetry();
    const patienceMs = Math.max(this.#notBefore - this.#clock.now(), 0);
    const delayMs = patienceMs + retryDelayMs(this.#attempt, this.#clock.random());
    this.#attempt += 1;
    this.#cancelRetry = this.#clock.after(delayMs, () => this.#openLink());
  }

  /** @param {Link} link that was refused for its token */
  #replaceToken(link) {
    if (link !== this.#link) return;
    this.#token.forget(this.#linkToken);
    link.end();
    this.#lose({ mayComeBack: true, reason: 'the token was refused' });
  }

  /** @param {string} reason */
  #giveUp(reason) {
    const wasReady = this.#link !== null;
    this.close();
    if (wasReady) this.emit('down');
    this.emit('closed', reason);
  }
}

/** @param {unknown} error */
function isUnauthorized(error) {
  return error instanceof WireError && error.code === 'unauthorized';
}

/** @param {string} server */
function socketUrl(server) {
  const url = new URL('/ws', server);
  url.protocol = url.protocol === 'http:' ? 'ws:' : 'wss:';
  return url.href;
}

/** @type {OpenSocket} */
function openWebSocket(url, subprotocol) {
  return new WebSocket(url, subprotocol);
}
