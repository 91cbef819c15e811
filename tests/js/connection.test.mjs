import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  PULSE_MS,
  connect,
  connected,
  connectedToNothing,
  greet,
  nextSocket,
  pulse,
} from './connecting.mjs';
import { collect, settled } from './doubles.mjs';

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

test('when the socket closes, commands reject and it comes back after a jittered delay', async () => {
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
