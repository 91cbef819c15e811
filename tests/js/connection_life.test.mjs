import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  PULSE_MS,
  connected,
  connectedWithLateToken,
  connectedToNothing,
  greet,
  nextSocket,
  pulse,
} from './connecting.mjs';
import { collect, settled } from './doubles.mjs';

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

test('goaway: while no new socket opens it is tried for again, and the old one goes on', async () => {
  const { connection, sockets, clock } = await connected();
  const down = collect(connection, 'down');
  const ready = collect(connection, 'ready');
  clock.chance = 0.25;
  await sockets[0].say({ push: 'goaway', delay_ms: 0 });
  await clock.advance(0);
  await sockets[1].drop(1006);
  await clock.advance(249);
  assert.equal(sockets.length, 2);
  await clock.advance(1);
  await sockets[2].drop(1006);
  await clock.advance(500);
  assert.ok(connection.isReady);
  await greet(sockets[3]);
  assert.deepEqual([down, ready], [[], [{ isMove: true }]]);
  assert.equal(sockets[0].closedWith, 1000);
});

test('a token that comes late makes one link, though another was asked for meanwhile', async () => {
  const { connection, sockets, clock, giveToken } = await connectedWithLateToken();
  await sockets[0].say({ push: 'goaway', delay_ms: 0 });
  await clock.advance(0);
  await sockets[0].drop(1012);
  await giveToken();
  await greet(sockets[1]);
  await clock.advance(1_000);
  assert.equal(sockets.length, 2);
  assert.ok(connection.isReady);
});

test('close code 1013 says how long to stay away at least', async () => {
  const { connection, sockets, clock } = await connected();
  clock.chance = 0.25;
  await sockets[0].drop(1013, 'retry_in_ms=4000');
  connection.hurry();
  await clock.advance(4_249);
  assert.equal(sockets.length, 1);
  await clock.advance(1);
  await sockets[1].drop(1013, 'retry_in_ms=2000');
  await clock.advance(2_499);
  assert.equal(sockets.length, 2);
  await clock.advance(1);
  assert.equal(sockets.length, 3);
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
