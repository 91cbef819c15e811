import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Connection } from '../../static/js/connection.js';
import { FakeSocket, ManualClock, collect, settled } from './doubles.mjs';

const PULSE_MS = 5_000;

/** A connection, its clock and its sockets in the order of their making. */
function connect({ tokens = ['t1', 't2', 't3'], visible = true } = {}) {
  const clock = new ManualClock();
  const sockets = [];
  const forgotten = [];
  const token = {
    get: async () => {
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
  return { connection, clock, sockets, forgotten, tokens };
}

/** A connection that has said hello. */
async function connected(options) {
  const parts = connect(options);
  parts.connection.open();
  await settled();
  await greet(parts.sockets[0]);
  return parts;
}

async function greet(socket) {
  await socket.open();
  await socket.reply('hello', { session: 's', role: 'buyer', pulse_ms: PULSE_MS });
}

function pulse() {
  return { push: 'pulse', shows: {}, time_ms: 0 };
}

test('it says hello with its token first, on our subprotocol', async () => {
  const { connection, sockets } = connect();
  const ready = collect(connection, 'ready');
  connection.open();
  await settled();
  assert.equal(sockets[0].url, 'wss://seats.example/ws');
  assert.equal(sockets[0].subprotocol, 'seatwire.v1.json');
  await sockets[0].open();
  assert.deepEqual(sockets[0].sent, [{ op: 'hello', ref: 1, token: 't1', visible: true }]);
  assert.ok(!connection.isReady);
  await sockets[0].reply('hello', { pulse_ms: PULSE_MS });
  assert.ok(connection.isReady);
  assert.equal(ready.length, 1);
});

test('replies are matched to commands by ref, in any order', async () => {
  const { connection, sockets } = await connected();
  const first = connection.request('ping');
  const second = connection.request('ping');
  const [, one, two] = sockets[0].sent;
  await sockets[0].say({ ref: two.ref, ok: true, time_ms: 2 });
  await sockets[0].say({ ref: one.ref, ok: true, time_ms: 1 });
  assert.equal((await first).time_ms, 1);
  assert.equal((await second).time_ms, 2);
});

test('a refusal rejects with its code and fields', async () => {
  const { connection, sockets } = await connected();
  const asked = connection.request('hold', { show: 1 });
  const failed = assert.rejects(asked, { code: 'seats_taken', fields: { seats: [5] } });
  await sockets[0].refuse('hold', { code: 'seats_taken', message: 'No.', seats: [5] });
  await failed;
});

test('a command without an answer rejects in time', async () => {
  const { connection, sockets, clock } = await connected();
  const asked = connection.request('ping');
  const failed = assert.rejects(asked, { code: 'timeout' });
  await clock.advance(9_000);
  await sockets[0].say(pulse());
  await clock.advance(1_000);
  await failed;
});

test('without a link nothing is sent', async () => {
  const { connection } = connect();
  await assert.rejects(connection.request('ping'), { code: 'not_connected' });
});

test('when the socket closes, open commands reject and it comes back after a jittered delay', async () => {
  const { connection, sockets, clock } = await connected();
  const down = collect(connection, 'down');
  const asked = connection.request('ping');
  clock.chance = 0.25;
  const failed = assert.rejects(asked, { code: 'link_lost' });
  await sockets[0].drop(1012);
  await failed;
  assert.equal(down.length, 1);
  await clock.advance(249);
  assert.equal(sockets.length, 1);
  await clock.advance(1);
  assert.equal(sockets.length, 2);
});

test('delays grow until a link has lived to its first pulse', async () => {
  const { sockets, clock } = await connected();
  clock.chance = 0.999;
  await sockets[0].drop(1006);
  await clock.advance(999);
  await greet(sockets[1]);
  await sockets[1].drop(1013);
  await clock.advance(1_997);
  assert.equal(sockets.length, 2);
  await clock.advance(1);
  await greet(sockets[2]);
  await sockets[2].say(pulse());
  await sockets[2].drop(1006);
  await clock.advance(999);
  assert.equal(sockets.length, 4);
});

test('no more than 30 s lie between two attempts', async () => {
  const { sockets, clock } = connectedToNothing();
  await settled();
  for (let attempt = 0; attempt < 12; attempt++) {
    const droppedAt = clock.now();
    await sockets.at(-1).drop(1006);
    await nextSocket({ sockets, clock });
    assert.ok(clock.now() - droppedAt <= 30_000);
  }
});

/** Goes on until another socket is made. */
async function nextSocket({ sockets, clock }) {
  const before = sockets.length;
  while (sockets.length === before) await clock.advance(100);
}

function connectedToNothing() {
  const parts = connect();
  parts.clock.chance = 0.9999;
  parts.connection.open();
  return parts;
}

for (const code of [4500, 4999]) {
  test(`close code ${code} means: do not come back`, async () => {
    const { connection, sockets, clock } = await connected();
    const closed = collect(connection, 'closed');
    await sockets[0].drop(code, 'too many messages that make no sense');
    await clock.advance(600_000);
    assert.equal(sockets.length, 1);
    assert.deepEqual(closed, ['too many messages that make no sense']);
    await assert.rejects(connection.whenReady(), { code: 'not_connected' });
  });
}

test('a refused token is replaced by a new one, whatever code the socket closes with', async () => {
  const { connection, sockets, clock, forgotten } = connect();
  connection.open();
  await settled();
  await sockets[0].open();
  await sockets[0].refuse('hello', { code: 'unauthorized', message: 'No.' });
  await sockets[0].drop(4500);
  assert.deepEqual(forgotten, ['t1']);
  await clock.advance(1_000);
  await sockets[1].open();
  assert.equal(sockets[1].sent[0].token, 't2');
});

test('a token that runs out while connected is replaced too', async () => {
  const { connection, sockets, clock, forgotten } = await connected();
  const down = collect(connection, 'down');
  const asked = connection.request('hold', { show: 1 });
  const failed = assert.rejects(asked, { code: 'unauthorized' });
  await sockets[0].refuse('hold', { code: 'unauthorized', message: 'Over.' });
  await failed;
  assert.deepEqual(forgotten, ['t1']);
  assert.equal(down.length, 1);
  await clock.advance(1_000);
  await sockets[1].open();
  assert.equal(sockets[1].sent[0].token, 't2');
});

test('without a session it tries again later', async () => {
  const { connection, sockets, clock, tokens } = connect({ tokens: [] });
  connection.open();
  await settled();
  assert.equal(sockets.length, 0);
  tokens.push('t9');
  await clock.advance(1_000);
  assert.equal(sockets.length, 1);
});

test('two missing pulses mean that the link is dead', async () => {
  const { connection, sockets, clock } = await connected();
  const down = collect(connection, 'down');
  await clock.advance(PULSE_MS);
  await sockets[0].say(pulse());
  const heardAt = connection.lastHeardAt;
  await clock.advance(2 * PULSE_MS - 1);
  assert.equal(down.length, 0);
  await clock.advance(1);
  assert.equal(down.length, 1);
  assert.equal(sockets[0].closedWith, 1000);
  assert.equal(connection.lastHeardAt, heardAt);
});

test('any message keeps the link alive', async () => {
  const { connection, sockets, clock } = await connected();
  for (let round = 0; round < 10; round++) {
    await clock.advance(PULSE_MS);
    await sockets[0].say({ push: 'delta', show: 1, epoch: 1, from: 0, to: 1, seats: [] });
  }
  assert.ok(connection.isReady);
});

test('a hidden page is sent nothing and misses nothing', async () => {
  const { connection, sockets, clock } = await connected();
  const down = collect(connection, 'down');
  const awake = collect(connection, 'awake');
  const hiding = connection.setVisible(false);
  await sockets[0].reply('visible');
  await hiding;
  await clock.advance(10 * PULSE_MS);
  assert.equal(down.length, 0);
  connection.setVisible(true);
  assert.equal(sockets[0].last('visible').value, true);
  assert.equal(awake.length, 1);
  await sockets[0].reply('visible');
  await clock.advance(2 * PULSE_MS);
  assert.equal(down.length, 1);
});

test('a page that is hidden while connecting says so in its hello', async () => {
  const { sockets } = await connected({ visible: false });
  assert.equal(sockets[0].sent[0].visible, false);
});

test('goaway: the new socket is open before the old one closes', async () => {
  const { connection, sockets, clock } = await connected();
  const ready = collect(connection, 'ready');
  const down = collect(connection, 'down');
  const pushes = collect(connection, 'push');
  await sockets[0].say({ push: 'goaway', delay_ms: 700 });
  await clock.advance(699);
  assert.equal(sockets.length, 1);
  await clock.advance(1);
  await sockets[0].say({ push: 'hold', hold: 'still heard' });
  assert.equal(sockets[0].closedWith, null);
  await greet(sockets[1]);
  assert.equal(sockets[0].closedWith, 1000);
  assert.equal(ready.length, 1);
  assert.equal(down.length, 0);
  await sockets[1].say({ push: 'hold', hold: 'new' });
  assert.deepEqual(
    pushes.map(({ hold }) => hold),
    ['still heard', 'new'],
  );
});

test('goaway: an answer that is still out is waited for on the old socket', async () => {
  const { connection, sockets, clock } = await connected();
  const asked = connection.request('book', { show: 1 });
  await sockets[0].say({ push: 'goaway', delay_ms: 0 });
  await clock.advance(0);
  await greet(sockets[1]);
  assert.equal(sockets[0].closedWith, null);
  await sockets[0].say({ push: 'hold', hold: 'not heard twice' });
  await sockets[0].reply('book', { booking: 'b' });
  assert.equal((await asked).booking, 'b');
  assert.equal(sockets[0].closedWith, 1000);
});

test('goaway: when the old socket closes first, there is only one new one', async () => {
  const { connection, sockets, clock } = await connected();
  await sockets[0].say({ push: 'goaway', delay_ms: 0 });
  await clock.advance(0);
  await sockets[0].drop(1012);
  await clock.advance(5_000);
  assert.equal(sockets.length, 2);
  await greet(sockets[1]);
  assert.ok(connection.isReady);
});

test('a socket that does not open in time is given up', async () => {
  const { sockets, clock } = connectedToNothing();
  await settled();
  await clock.advance(10_000);
  assert.equal(sockets[0].closedWith, 1000);
  await clock.advance(1_000);
  assert.equal(sockets.length, 2);
});

test('what makes no sense ends the link, and a new one starts clean', async () => {
  const { connection, sockets, clock } = await connected();
  const down = collect(connection, 'down');
  await sockets[0].say('not json');
  assert.equal(down.length, 1);
  await clock.advance(1_000);
  assert.equal(sockets.length, 2);
});

test('it hurries when the network is back', async () => {
  const { connection, sockets, clock } = await connected();
  clock.chance = 0.9;
  for (const socket of [0, 1, 2]) {
    await sockets[socket].drop(1006);
    await nextSocket({ sockets, clock });
  }
  await sockets[3].drop(1006);
  connection.hurry();
  await clock.advance(900);
  assert.equal(sockets.length, 5);
});

test('close is for good', async () => {
  const { connection, sockets, clock } = await connected();
  const down = collect(connection, 'down');
  connection.close();
  await clock.advance(600_000);
  assert.equal(sockets[0].closedWith, 1000);
  assert.equal(sockets.length, 1);
  assert.equal(down.length, 0);
});

test('whenReady resolves with the next link', async () => {
  const { connection, sockets, clock } = await connected();
  await connection.whenReady();
  await sockets[0].drop(1006);
  let isReady = false;
  connection.whenReady().then(() => (isReady = true));
  await clock.advance(1_000);
  assert.ok(!isReady);
  await greet(sockets[1]);
  assert.ok(isReady);
});
