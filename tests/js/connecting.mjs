/** A connection whose sockets, token and time are in the hands of the test. */

import { Connection } from '../../static/js/connection.js';
import { FakeSocket, ManualClock, settled } from './doubles.mjs';

export const PULSE_MS = 5_000;

/** A connection, its clock and its sockets in the order of their making. */
export function connect({ tokens = ['t1', 't2', 't3'], visible = true } = {}) {
  const clock = new ManualClock();
  const late = { until: Promise.resolve() };
  const sockets = [];
  const forgotten = [];
  const token = {
    get: async () => {
      await late.until;
      if (tokens.length === 0) throw new Error('no session');
      return tokens[0];
    },
    forget: (which) => {
      forgotten.push(which);
      tokens.shift();
    },
  };
  const openSocket = (url, subprotocol) => {
    const socket = Object.assign(new FakeSocket(), { url, subprotocol });
    sockets.push(socket);
    return socket;
  };
  const connection = new Connection({
    server: 'https://seats.example',
    token,
    visible,
    clock,
    openSocket,
  });
  return { connection, clock, sockets, forgotten, tokens, late };
}

/** A connection that has said hello. */
export async function connected(options) {
  const parts = connect(options);
  parts.connection.open();
  await settled();
  await greet(parts.sockets[0]);
  return parts;
}

/** A connection that has said hello, and gets its token from now on when `giveToken` is called. */
export async function connectedWithLateToken() {
  const parts = await connected();
  /** @type {() => void} */
  let come = () => {};
  parts.late.until = new Promise((resolve) => (come = resolve));
  return {
    ...parts,
    giveToken: async () => {
      come();
      await settled();
    },
  };
}

/** The server answers hello. */
export async function greet(socket) {
  await socket.open();
  await socket.reply('hello', { session: 's', role: 'buyer', pulse_ms: PULSE_MS });
}

export function pulse() {
  return { push: 'pulse', shows: {}, time_ms: 0 };
}

/** A connection whose first socket is still opening. */
export function connectedToNothing() {
  const parts = connect();
  parts.clock.chance = 0.9999;
  parts.connection.open();
  return parts;
}

/** Goes on until another socket is made. */
export async function nextSocket({ sockets, clock }) {
  const before = sockets.length;
  while (sockets.length === before) await clock.advance(100);
}
