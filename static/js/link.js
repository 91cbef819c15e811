/**
 * One socket from its opening to its end: hello, commands matched to replies, pulse watchdog.
 *
 * A link never reopens itself and never waits for the socket to confirm a close: over a dead
 * network that confirmation takes minutes. Whoever owns it learns of its end exactly once, through
 * `onEnd`, unless the owner ended it.
 */

import {
  ProtocolError,
  WireError,
  decodeMessage,
  encodeCommand,
  mayComeBack,
  retryInMs,
} from './protocol.js';

/** @typedef {import('./clock.js').Clock} Clock */
/** @typedef {import('./protocol.js').Push} Push */
/** @typedef {import('./protocol.js').Reply} Reply */
/** @typedef {{mayComeBack: boolean, reason: string, retryInMs?: number}} LinkEnd
 *   retryInMs: before which the server does not want to be asked again */
/** @typedef {{resolve: (reply: Reply) => void, reject: (error: Error) => void,
 *   cancelTimeout: () => void}} Pending */

const OPEN_TIMEOUT_MS = 10_000;
const REPLY_TIMEOUT_MS = 10_000;

/** With this many pulses missing the connection counts as dead. */
const PULSES_MISSED_MAX = 2;

/** What a browser sends when a page closes a socket on purpose. */
const NORMAL_CLOSE_CODE = 1000;

/** Codes of errors made here, not by the server: the command may or may not have happened. */
export const OUTCOME_UNKNOWN_CODES = Object.freeze(['unknown_outcome', 'timeout', 'link_lost']);

export class Link {
  #socket;
  #clock;
  #onPush;
  #onEnd;
  #lastRef = 0;
  /** @type {Map<number, Pending>} */
  #pending = new Map();
  #hasEnded = false;
  #isRetiring = false;
  #isQuiet = false;
  #pulseMs = 0;
  #lastHeard;
  #cancelWatchdog = () => {};

  /**
   * @param {object} parts
   * @param {WebSocket} parts.socket just made, not yet open
   * @param {Clock} parts.clock
   * @param {(push: Push) => void} parts.onPush
   * @param {(end: LinkEnd) => void} parts.onEnd
   */
  constructor({ socket, clock, onPush, onEnd }) {
    this.#socket = socket;
    this.#clock = clock;
    this.#onPush = onPush;
    this.#onEnd = onEnd;
    this.#lastHeard = clock.now();
    socket.onmessage = (event) => this.#receive(event.data);
    socket.onclose = ({ code, reason }) =>
      this.#finish({
        mayComeBack: mayComeBack(code),
        reason: reason || `closed with ${code}`,
        retryInMs: retryInMs(reason),
      });
  }

  /**
   * Wait for the socket to open, say hello, and return the answer.
   *
   * @param {{token?: string, visible: boolean}} hello
   * @returns {Promise<Reply>}
   */
  async start(hello) {
    await this.#opened();
    const reply = await this.request('hello', hello);
    this.#isQuiet = !hello.visible;
    if (!(reply.pulse_ms > 0)) throw new ProtocolError('The server named no pulse.');
    this.#pulseMs = reply.pulse_ms;
    this.#armWatchdog();
    return reply;
  }

  /**
   * Send a command and return its reply. Rejects with the server's WireError, or with one of
   * OUTCOME_UNKNOWN_CODES when no answer came.
   *
   * @param {string} op
   * @param {Record<string, unknown>} [fields]
   * @returns {Promise<Reply>}
   */
  request(op, fields) {
    if (this.#hasEnded) return Promise.reject(linkLost('the connection has ended'));
    const ref = (this.#lastRef += 1);
    return new Promise((resolve, reject) => {
      const cancelTimeout = this.#clock.after(REPLY_TIMEOUT_MS, () => {
        this.#pending.delete(ref);
        reject(new WireError('timeout', `The server did not answer "${op}" in time.`));
        this.#endIfRetired();
      });
      this.#pending.set(ref, { resolve, reject, cancelTimeout });
      this.#socket.send(encodeCommand(op, ref, fields));
    });
  }

  /**
   * Say whether anybody looks; the server sends nothing to those who do not, so no pulse is
   * missed meanwhile.
   *
   * @param {boolean} value
   */
  async setVisible(value) {
    this.#isQuiet = !value;
    this.#lastHeard = this.#clock.now();
    await this.request('visible', { value });
  }

  /** Close as soon as the replies that are still expected have come, and tell nobody. */
  retire() {
    this.#isRetiring = true;
    this.#onPush = () => {};
    this.#onEnd = () => {};
    this.#endIfRetired();
  }

  /** Close now and tell nobody. */
  end() {
    this.#onEnd = () => {};
    this.#finish({ mayComeBack: false, reason: 'closed by this page' });
  }

  /** @returns {Promise<void>} */
  #opened() {
    return new Promise((resolve, reject) => {
      const tooLate = () => this.#finish({ mayComeBack: true, reason: 'opening took too long' });
      const cancelTimeout = this.#clock.after(OPEN_TIMEOUT_MS, tooLate);
      // Until the socket is open, the opening itself is what is waited for.
      this.#pending.set(0, { resolve: () => resolve(), reject, cancelTimeout });
      this.#socket.onopen = () => this.#settle(0)?.resolve(/** @type {any} */ (undefined));
    });
  }

  /** @param {unknown} data */
  #receive(data) {
    if (this.#hasEnded) return;
    this.#lastHeard = this.#clock.now();
    let message;
    try {
      message = decodeMessage(String(data));
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      // Having missed one message, nothing after it can be trusted; a new link starts clean.
      return this.#finish({ mayComeBack: true, reason: error.message });
    }
    if (message.kind === 'push') return this.#onPush(message.push);
    if (message.kind === 'reply') this.#settle(message.reply.ref)?.resolve(message.reply);
    else this.#settle(message.ref ?? -1)?.reject(message.error);
    this.#endIfRetired();
  }

  /** @param {number} ref */
  #settle(ref) {
    const pending = this.#pending.get(ref);
    this.#pending.delete(ref);
    pending?.cancelTimeout();
    return pending;
  }

  #armWatchdog() {
    const allowedMs = PULSES_MISSED_MAX * this.#pulseMs;
    const silentMs = this.#isQuiet ? 0 : this.#clock.now() - this.#lastHeard;
    if (silentMs >= allowedMs) {
      return this.#finish({ mayComeBack: true, reason: `silent for ${Math.round(silentMs)} ms` });
    }
    this.#cancelWatchdog = this.#clock.after(allowedMs - silentMs, () => this.#armWatchdog());
  }

  #endIfRetired() {
    if (this.#isRetiring && this.#pending.size === 0) this.end();
  }

  /** @param {LinkEnd} end */
  #finish(end) {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#cancelWatchdog();
    this.#socket.onmessage = this.#socket.onclose = this.#socket.onopen = null;
    this.#socket.close(NORMAL_CLOSE_CODE);
    for (const ref of [...this.#pending.keys()]) this.#settle(ref)?.reject(linkLost(end.reason));
    this.#onEnd(end);
  }
}

/** @param {string} reason */
function linkLost(reason) {
  return new WireError('link_lost', `The connection was lost: ${reason}.`);
}
