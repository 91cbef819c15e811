/** What the tests put in the place of time, network and storage. */

import { Emitter } from '../../static/js/emitter.js';
import { WireError } from '../../static/js/protocol.js';

/** A clock that stands still until told to go on. @implements {Clock} */
export class ManualClock {
  /** What `random` answers. */
  chance = 0.5;
  #now = 0;
  #timers = new Set();

  now = () => this.#now;
  wallNow = () => 1_790_000_000_000 + this.#now;
  random = () => this.chance;

  after(delayMs, action) {
    const timer = { at: this.#now + delayMs, action };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Go on by *ms*, running what falls due in its order, and let promises settle in between. */
  async advance(ms) {
    const end = this.#now + ms;
    for (;;) {
      const due = [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.#timers.delete(due);
      this.#now = Math.max(this.#now, due.at);
      due.action();
      await settled();
    }
    this.#now = end;
    await settled();
  }
}

/** Resolves when all promises that can settle without time passing have done so. */
export function settled() {
  return new Promise((resolve) => setImmediate(resolve));
}

/** The server's end of one WebSocket: the test opens it, reads what was sent, and answers. */
export class FakeSocket {
  onopen = null;
  onmessage = null;
  onclose = null;
  sent = [];
  closedWith = null;

  send(text) {
    this.sent.push(JSON.parse(text));
  }

  close(code) {
    this.closedWith ??= code;
  }

  /** The handshake succeeds. */
  async open() {
    this.onopen?.();
    await settled();
  }

  /** The server says something. */
  async say(message) {
    this.onmessage?.({ data: typeof message === 'string' ? message : JSON.stringify(message) });
    await settled();
  }

  /** The server answers the latest command of an op. */
  async reply(op, fields = {}) {
    await this.say({ ref: this.last(op).ref, ok: true, ...fields });
  }

  /** The server refuses the latest command of an op. */
  async refuse(op, error) {
    await this.say({ ref: this.last(op).ref, ok: false, error });
  }

  /** The server, or the network, ends it. */
  async drop(code, reason = '') {
    this.onclose?.({ code, reason });
    await settled();
  }

  last(op) {
    return this.sent.findLast((command) => command.op === op);
  }

  count(op) {
    return this.sent.filter((command) => command.op === op).length;
  }
}

/** A connection whose other end is the test: commands wait in `asked` for their answers. */
export class FakeConnection extends Emitter {
  isReady = true;
  lastHeardAt = null;
  asked = [];
  #whenReady = [];

  request(op, fields) {
    if (!this.isReady) return Promise.reject(new WireError('not_connected', 'no'));
    return new Promise((resolve, reject) => {
      this.asked.push({ op, fields, resolve, reject });
    });
  }

  whenReady() {
    if (this.isReady) return Promise.resolve();
    return new Promise((resolve) => this.#whenReady.push(resolve));
  }

  /** Answer the earliest unanswered command of an op. */
  async answer(op, fields = {}) {
    this.#take(op).resolve({ ok: true, ...fields });
    await settled();
  }

  /** Refuse the earliest unanswered command of an op. */
  async refuse(op, code, fields = {}) {
    this.#take(op).reject(new WireError(code, code, fields));
    await settled();
  }

  async push(message) {
    this.emit('push', message);
    await settled();
  }

  async goDown() {
    this.isReady = false;
    this.emit('down');
    for (const { reject } of this.asked.splice(0)) reject(new WireError('link_lost', 'lost'));
    await settled();
  }

  async comeBack() {
    this.isReady = true;
    this.emit('ready', { isMove: false });
    for (const resolve of this.#whenReady.splice(0)) resolve();
    await settled();
  }

  /** Another link takes over from the one that was there. */
  async move() {
    this.emit('ready', { isMove: true });
    await settled();
  }

  /** The fields of the earliest unanswered command of an op. */
  waiting(op) {
    return this.asked.find((command) => command.op === op)?.fields;
  }

  #take(op) {
    const index = this.asked.findIndex((command) => command.op === op);
    if (index < 0) throw new Error(`Nobody asked "${op}".`);
    return this.asked.splice(index, 1)[0];
  }
}

/** Pseudo-random numbers that are the same in every run (mulberry32). */
export function seeded(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Collects the details of an emitter's events of one type. */
export function collect(emitter, type) {
  const details = [];
  emitter.addEventListener(type, ({ detail }) => details.push(detail));
  return details;
}
