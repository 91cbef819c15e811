import assert from 'node:assert/strict';
import { test } from 'node:test';

import { SeatMapSync } from '../../static/js/seat_map_sync.js';
import { FakeConnection, ManualClock, collect } from './doubles.mjs';

const SHOW = 42;
const EPOCH = 1_790_000_000;

function snapshot(version, seats = [0, 0, 0, 0]) {
  return { push: 'snapshot', show: SHOW, epoch: EPOCH, version, seats: Uint8Array.from(seats) };
}

function delta(from, to, seats = [], epoch = EPOCH) {
  return { push: 'delta', show: SHOW, epoch, from, to, seats };
}

function pulse(version) {
  return { push: 'pulse', shows: { [SHOW]: version }, time_ms: 0 };
}

function begin() {
  const connection = new FakeConnection();
  const clock = new ManualClock();
  const sync = new SeatMapSync(connection, SHOW, clock);
  sync.start();
  return { connection, clock, sync };
}

/** A sync that is live at version 16. */
async function live() {
  const parts = begin();
  await parts.connection.answer('watch', { show: { show: SHOW, title: 'T' } });
  await parts.connection.push(snapshot(16));
  assert.equal(parts.sync.freshness.state, 'live');
  return parts;
}

test('it watches, and is live with the first snapshot', async () => {
  const { connection, sync } = begin();
  const shows = collect(sync, 'show');
  assert.deepEqual(connection.waiting('watch'), { show: SHOW });
  assert.equal(sync.freshness.state, 'catching_up');
  await connection.answer('watch', { show: { show: SHOW, title: 'T' } });
  assert.equal(sync.show.title, 'T');
  assert.equal(shows.length, 1);
  assert.equal(sync.freshness.state, 'catching_up');
  await connection.push(snapshot(16, [0, 1, 2, 3]));
  assert.equal(sync.freshness.state, 'live');
  assert.deepEqual([...sync.statuses], [0, 1, 2, 3]);
});

test('deltas change seats and are told', async () => {
  const { connection, sync } = await live();
  const seats = collect(sync, 'seats');
  await connection.push(delta(16, 17, [[2, 1]]));
  assert.deepEqual([...sync.statuses], [0, 0, 1, 0]);
  assert.deepEqual(seats, [[[2, 1]]]);
});

test('what is said of other shows is not heard', async () => {
  const { connection, sync } = await live();
  await connection.push({ ...delta(16, 17, [[2, 1]]), show: 7 });
  await connection.push({ ...snapshot(99), show: 7 });
  await connection.push({ push: 'show', show: { show: 7, title: 'Other' } });
  assert.deepEqual([...sync.statuses], [0, 0, 0, 0]);
  assert.equal(sync.show.title, 'T');
});

test('a change of the show is told', async () => {
  const { connection, sync } = await live();
  await connection.push({ push: 'show', show: { show: SHOW, status: 'paused' } });
  assert.equal(sync.show.status, 'paused');
});

test('a gap: unwatch, watch without since, deaf to deltas until the snapshot', async () => {
  const { connection, sync } = await live();
  await connection.push(delta(18, 19, [[0, 1]]));
  assert.equal(sync.freshness.state, 'catching_up');
  assert.deepEqual(connection.waiting('unwatch'), { show: SHOW });
  await connection.push(delta(16, 17, [[1, 1]]));
  await connection.answer('unwatch');
  assert.deepEqual(connection.waiting('watch'), { show: SHOW });
  assert.deepEqual([...sync.statuses], [0, 0, 0, 0]);
  await connection.answer('watch', { show: { show: SHOW } });
  await connection.push(snapshot(19, [1, 1, 0, 0]));
  assert.equal(sync.freshness.state, 'live');
  assert.deepEqual([...sync.statuses], [1, 1, 0, 0]);
});

test('another epoch is a gap', async () => {
  const { connection, sync } = await live();
  await connection.push(delta(16, 17, [], EPOCH + 1));
  assert.equal(sync.freshness.state, 'catching_up');
  assert.ok(connection.waiting('unwatch'));
});

test('gaps that keep coming are answered ever more slowly', async () => {
  const { connection, clock } = await live();
  clock.chance = 0.5;
  await connection.push(delta(90, 91));
  await connection.answer('unwatch');
  await connection.answer('watch', { show: { show: SHOW } });
  await connection.push(snapshot(91));
  await connection.push(delta(95, 96));
  assert.equal(connection.waiting('unwatch'), undefined);
  await clock.advance(1_000);
  assert.ok(connection.waiting('unwatch'));
});

test('without a link it is stale since the server last spoke', async () => {
  const { connection, sync } = await live();
  connection.lastHeardAt = 1_790_000_123_000;
  await connection.goDown();
  assert.deepEqual(sync.freshness, { state: 'stale', since: 1_790_000_123_000 });
});

test('after a reconnect it goes on from its version', async () => {
  const { connection, sync } = await live();
  await connection.goDown();
  await connection.comeBack();
  assert.equal(sync.freshness.state, 'catching_up');
  const since = { epoch: EPOCH, version: 16 };
  assert.deepEqual(connection.waiting('watch'), { show: SHOW, since });
  await connection.answer('watch', { show: { show: SHOW } });
  await connection.push(delta(16, 20, [[3, 2]]));
  assert.equal(sync.freshness.state, 'live');
  assert.deepEqual([...sync.statuses], [0, 0, 0, 2]);
});

test('when nothing was missed an empty delta says so', async () => {
  const { connection, sync } = await live();
  await connection.goDown();
  await connection.comeBack();
  await connection.push(delta(16, 16));
  assert.equal(sync.freshness.state, 'live');
});

test('a page that is visible again asks what it missed', async () => {
  const { connection, sync } = await live();
  connection.emit('awake');
  assert.equal(sync.freshness.state, 'catching_up');
  assert.equal(connection.waiting('watch').since.version, 16);
  await connection.push(delta(16, 18, [[1, 1]]));
  await connection.push(delta(16, 18, [[1, 1]]));
  assert.equal(sync.freshness.state, 'live');
  assert.deepEqual([...sync.statuses], [0, 1, 0, 0]);
});

test('a pulse with our version says that we are live', async () => {
  const { connection, sync } = await live();
  connection.emit('awake');
  await connection.push(pulse(17));
  assert.equal(sync.freshness.state, 'catching_up');
  await connection.push(pulse(16));
  assert.equal(sync.freshness.state, 'live');
});

test('a pulse that keeps silent about our show says since when it is in doubt', async () => {
  const { connection, clock, sync } = await live();
  const sureAt = clock.wallNow();
  await connection.push({ push: 'pulse', shows: {}, time_ms: 0 });
  assert.deepEqual(sync.freshness, { state: 'stale', since: sureAt });
  assert.deepEqual([...sync.statuses], [0, 0, 0, 0]);
  await connection.push(pulse(16));
  assert.equal(sync.freshness.state, 'live');
});

test('silence about a show whose seats have not come yet is no doubt', async () => {
  const { connection, sync } = begin();
  await connection.push({ push: 'pulse', shows: {}, time_ms: 0 });
  assert.equal(sync.freshness.state, 'catching_up');
});

test('one pulse may be ahead of its delta, two mean that it is lost', async () => {
  const { connection, sync } = await live();
  await connection.push(pulse(17));
  await connection.push(delta(16, 17));
  await connection.push(pulse(18));
  assert.equal(sync.freshness.state, 'live');
  await connection.push(pulse(18));
  assert.equal(sync.freshness.state, 'catching_up');
  assert.ok(connection.waiting('unwatch'));
});

test('a show that may not be watched is told, and not asked for again', async () => {
  const { connection, clock, sync } = begin();
  const refused = collect(sync, 'refused');
  await connection.refuse('watch', 'not_found');
  assert.equal(refused[0].code, 'not_found');
  await clock.advance(600_000);
  assert.equal(connection.asked.length, 0);
});

test('a busy server is asked again when it says', async () => {
  const { connection, clock } = begin();
  clock.chance = 0.5;
  await connection.refuse('watch', 'unavailable', { retry_in_ms: 2_000 });
  await clock.advance(2_499);
  assert.equal(connection.asked.length, 0);
  await clock.advance(1);
  await connection.answer('unwatch');
  assert.ok(connection.waiting('watch'));
});

test('an answer to an earlier watch is not taken for this one', async () => {
  const { connection, sync } = await live();
  connection.emit('awake');
  const earlier = connection.asked.pop();
  connection.emit('awake');
  await connection.answer('watch', { show: { show: SHOW, title: 'New' } });
  earlier.resolve({ show: { show: SHOW, title: 'Old' } });
  await Promise.resolve();
  assert.equal(sync.show.title, 'New');
});

test('stopped, it hears nothing', async () => {
  const { connection, sync } = await live();
  sync.stop();
  await connection.push(delta(16, 17, [[0, 1]]));
  await connection.comeBack();
  assert.deepEqual([...sync.statuses], [0, 0, 0, 0]);
  assert.equal(connection.asked.length, 0);
});

test('a link that takes over from another leaves the map live, with what the answer brings', async () => {
  const { connection, sync } = await live();
  const freshness = collect(sync, 'freshness');
  await connection.move();
  assert.deepEqual(connection.waiting('watch').since, { epoch: EPOCH, version: 16 });
  await connection.answer('watch', { show: { show: SHOW, title: 'T' } });
  await connection.push(delta(16, 18, [[1, 2]]));
  assert.deepEqual([...sync.statuses], [0, 2, 0, 0]);
  assert.deepEqual(freshness, []);
});

test('a link that takes over and does not answer leaves the map live no longer', async () => {
  const { connection, sync } = await live();
  await connection.move();
  await connection.refuse('watch', 'timeout');
  assert.equal(sync.freshness.state, 'catching_up');
});
