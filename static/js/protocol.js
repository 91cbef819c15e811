/**
 * The words of the wire, subprotocol `seatwire.v1.json`: commands out, messages in. Pure.
 *
 * A command carries `op` and `ref`; a reply carries the same `ref` and `ok`; what the server says
 * unasked carries `push`. Pushes this client does not know are passed on and ignored by all, so
 * that a newer server may say more.
 */

/**
 * @typedef {object} Show
 * @property {number} show
 * @property {number} venue
 * @property {string} title
 * @property {string} starts_at ISO 8601 with offset
 * @property {string} currency ISO 4217
 * @property {Record<string, number>} prices whole minor units by category name
 * @property {string} status scheduled | on_sale | paused | postponed | cancelled | closed
 * @property {number} hold_ttl_s
 * @property {number} seats_per_hold_max
 * @property {string | null} message
 * @property {string} plan_hash
 * @property {number} count
 * @property {number} epoch
 * @property {number} version
 */

/** @typedef {{epoch: number, version: number}} Position */
/** @typedef {{push: 'snapshot', show: number, epoch: number, version: number, count: number,
 *   seats: Uint8Array}} SnapshotPush */
/** @typedef {{push: 'delta', show: number, epoch: number, from: number, to: number,
 *   seats: [number, number][]}} DeltaPush */
/** @typedef {{push: 'hold', show: number, hold: string, seats: number[], status: string,
 *   expires_in_ms?: number | null}} HoldPush */
/** @typedef {{push: 'pulse', shows: Record<string, number>, time_ms: number}} PulsePush */
/** @typedef {{push: 'goaway', delay_ms: number}} GoawayPush */
/** @typedef {{push: 'show', show: Show}} ShowPush */
/** @typedef {SnapshotPush | DeltaPush | HoldPush | PulsePush | GoawayPush | ShowPush} Push */
/** @typedef {{ref: number, ok: true} & Record<string, any>} Reply */
/** @typedef {{kind: 'reply', reply: Reply} | {kind: 'push', push: Push}
 *   | {kind: 'refusal', ref: number | null, error: WireError}} Message */

export const SUBPROTOCOL = 'seatwire.v1.json';

/** The wire's number for a seat; the same number stands on the server. */
export const SeatStatus = Object.freeze({ AVAILABLE: 0, HELD: 1, BOOKED: 2, BLOCKED: 3 });

export const STATUS_COUNT = 4;

/** What a status byte of a snapshot holds: four seats, two bits each, lowest bits first. */
const SEATS_PER_BYTE = 4;

/** Close codes in this range say that coming back is of no use. */
const FINAL_CLOSE_CODE_MIN = 4500;
const FINAL_CLOSE_CODE_MAX = 4999;

/** A server that asks for more patience than this is not believed. */
const RETRY_IN_MS_MAX = 60_000;

/** A request that was answered with "no"; `code` is stable, `fields` are the error's own. */
export class WireError extends Error {
  /**
   * @param {string} code
   * @param {string} message
   * @param {Record<string, any>} [fields]
   */
  constructor(code, message, fields = {}) {
    super(message);
    this.name = 'WireError';
    this.code = code;
    this.fields = fields;
  }
}

/** A message that breaks the rules of the wire. */
export class ProtocolError extends Error {
  /** @param {string} message */
  constructor(message) {
    super(message);
    this.name = 'ProtocolError';
  }
}

/**
 * Encode one command as a text frame.
 *
 * @param {string} op
 * @param {number} ref
 * @param {Record<string, unknown>} [fields]
 */
export function encodeCommand(op, ref, fields = {}) {
  return JSON.stringify({ op, ref, ...fields });
}

/**
 * Decode one text frame. Throws ProtocolError when it is neither a reply nor a push.
 *
 * @param {string} text
 * @returns {Message}
 */
export function decodeMessage(text) {
  const message = parse(text);
  if (typeof message.push === 'string') return { kind: 'push', push: decodePush(message) };
  if (message.ok === true && Number.isInteger(message.ref))
    return { kind: 'reply', reply: message };
  if (message.ok === false) {
    return { kind: 'refusal', ref: message.ref ?? null, error: errorFrom(message.error) };
  }
  throw new ProtocolError('A message is neither a reply nor a push.');
}

/**
 * Make a WireError from its wire form `{code, message, …}`, as in replies and HTTP problems.
 *
 * @param {any} error
 */
export function errorFrom(error) {
  if (typeof error?.code !== 'string') throw new ProtocolError('An error has no code.');
  const { code, message, ...fields } = error;
  return new WireError(code, message ?? code, fields);
}

/**
 * Unpack the two-bit statuses of a snapshot, one byte per seat. Throws ProtocolError when the
 * length does not fit *count*.
 *
 * @param {string} base64
 * @param {number} count
 */
export function unpackStatuses(base64, count) {
  if (!Number.isInteger(count) || count < 0) throw new ProtocolError('A snapshot has no count.');
  const packed = decodeBase64(base64);
  if (packed.length !== Math.ceil(count / SEATS_PER_BYTE)) {
    throw new ProtocolError(`A snapshot of ${count} seats has ${packed.length} bytes.`);
  }
  const statuses = new Uint8Array(count);
  for (let seat = 0; seat < count; seat++) {
    statuses[seat] = (packed.charCodeAt(seat >> 2) >> ((seat & 3) << 1)) & 3;
  }
  return statuses;
}

/**
 * Say whether a client whose socket was closed with *closeCode* should come back.
 *
 * @param {number} closeCode
 */
export function mayComeBack(closeCode) {
  return closeCode < FINAL_CLOSE_CODE_MIN || closeCode > FINAL_CLOSE_CODE_MAX;
}

/**
 * Return how long the server asks a client to stay away at least, in milliseconds.
 *
 * @param {string} closeReason `retry_in_ms=<n>`, or anything else for no time
 */
export function retryInMs(closeReason) {
  const [, ms = '0'] = /^retry_in_ms=(\d+)$/.exec(closeReason) ?? [];
  return Math.min(Number(ms), RETRY_IN_MS_MAX);
}

/**
 * @param {string} text
 * @returns {any}
 */
function parse(text) {
  let message;
  try {
    message = JSON.parse(text);
  } catch {
    throw new ProtocolError('A message is not JSON.');
  }
  if (message === null || typeof message !== 'object' || Array.isArray(message)) {
    throw new ProtocolError('A message is not an object.');
  }
  return message;
}

/**
 * @param {any} message
 * @returns {any}
 */
function decodePush(message) {
  if (message.push !== 'snapshot') return message;
  return { ...message, seats: unpackStatuses(message.seats, message.count) };
}

/** @param {unknown} base64 */
function decodeBase64(base64) {
  try {
    return atob(/** @type {string} */ (base64));
  } catch {
    throw new ProtocolError('The seats of a snapshot are not base64.');
  }
}
