import assert from 'node:assert/strict';
import { test } from 'node:test';

import { HoldKeeper } from '../../static/js/hold_keeper.js';
import { MemoryStore } from '../../static/js/key_store.js';
import { collect, settled } from './doubles.mjs';
import { SHOW, TTL_MS, begin, form, holdingTwo, push } from './holding_parts.mjs';

test('after a reload the hold is there again', async () => {
  const { store, holdId } = await holdingTwo();
  const held = form([5, 6], 18, { status: 'held', expires_in_ms: 90_000 });
  const { holding } = begin({ store, held });
  await settled();
  assert.deepEqual([...holding.seats], [5, 6]);
  assert.equal(holding.remainingMs, 90_000);
  assert.equal(new HoldKeeper(store, SHOW).holdId, holdId);
});

test('after a reload a hold that was booked meanwhile is a booking', async () => {
  const { store } = await holdingTwo();
  const held = form([5, 6], 19, { status: 'booked', booking: 'b1', expires_in_ms: null });
  const { holding } = begin({ store, held });
  await settled();
  assert.equal(holding.booking.booking, 'b1');
  assert.equal(holding.seats.size, 0);
});

test('after a reload a hold that is gone is forgotten without a word', async () => {
  const { store } = await holdingTwo();
  const { holding, http, notices } = begin({ store, held: 'hold_gone' });
  await settled();
  assert.equal(http.asked, 1);
  assert.equal(holding.seats.size, 0);
  assert.deepEqual(notices, []);
  assert.equal(new HoldKeeper(store, SHOW).holdId, null);
});

test('what another tab does with the hold is taken over', async () => {
  const { holding, connection, clock, http, holdId } = await holdingTwo();
  http.answer = form([5], 19, { status: 'held' });
  await connection.push(push(holdId, 'held', [5], { expires_in_ms: TTL_MS }));
  assert.deepEqual([...holding.seats], [5, 6]);
  await clock.advance(500);
  assert.deepEqual([...holding.seats], [5]);
});

test('a push that only repeats what is known asks nothing and changes nothing but the time', async () => {
  const { holding, connection, clock, http, holdId } = await holdingTwo();
  const changes = collect(holding, 'change');
  await connection.push(push(holdId, 'held', [5], { expires_in_ms: TTL_MS }));
  await connection.push(push(holdId, 'held', [6, 5], { expires_in_ms: 70_000 }));
  await clock.advance(1_000);
  assert.equal(http.asked, 0);
  assert.deepEqual(changes, []);
  assert.equal(holding.remainingMs, 69_000);
});

test('a hold that another tab began is ours too', async () => {
  const store = new MemoryStore();
  const { holding, connection, clock, http } = begin({ store });
  new HoldKeeper(store, SHOW).holdId = 'from another tab';
  http.answer = form([8], 20, { status: 'held' });
  await connection.push(push('from another tab', 'held', [8], { expires_in_ms: TTL_MS }));
  await clock.advance(500);
  assert.deepEqual([...holding.seats], [8]);
});

test('somebody else’s hold is none of ours', async () => {
  const { holding, connection } = await holdingTwo();
  await connection.push(push('other', 'expired', [5, 6]));
  await connection.push({ ...push('other', 'expired', [5, 6]), show: 7 });
  assert.deepEqual([...holding.seats], [5, 6]);
});

test('a booking that the box office cancels is told', async () => {
  const { holding, connection, holdId, notices } = await holdingTwo();
  holding.book();
  await connection.answer('book', { booking: 'b1', seats: [5, 6], total: 5_000, version: 19 });
  await connection.push(push(holdId, 'cancelled', [5, 6]));
  assert.deepEqual(notices, [{ kind: 'booking_cancelled', booking: 'b1' }]);
  assert.equal(holding.booking, null);
});

test('a click on a hold that another tab has booked is found in the booking', async () => {
  const { holding, connection, http, notices } = begin();
  holding.add(5);
  http.answer = form([5], 19, { status: 'booked', booking: 'b1', expires_in_ms: null });
  await connection.refuse('hold', 'hold_gone');
  assert.equal(holding.booking.booking, 'b1');
  assert.equal(connection.waiting('hold'), undefined);
  assert.equal(holding.changing.size, 0);
  assert.deepEqual(notices, []);
});

test('another seat, clicked when another tab had booked, is held under a new id', async () => {
  const { holding, connection, http, holdId, notices } = await holdingTwo();
  holding.add(7);
  http.answer = form([5, 6], 19, { status: 'booked', booking: 'b1', expires_in_ms: null });
  await connection.refuse('hold', 'hold_gone');
  assert.notEqual(connection.waiting('hold').hold, holdId);
  await connection.answer('hold', form([7], 20));
  assert.deepEqual([...holding.seats], [7]);
  assert.deepEqual(holding.booking.seats, [5, 6]);
  assert.deepEqual(notices, []);
});

test('what cannot be done with a hold that has ended is told as its end', async () => {
  const { holding, connection, http, notices } = await holdingTwo();
  Object.assign(http, { answer: 'hold_gone', fields: { hold_status: 'expired' } });
  holding.extend();
  await connection.refuse('extend', 'hold_gone');
  assert.deepEqual(notices, [{ kind: 'ended', status: 'expired', seats: [5, 6] }]);
  assert.equal(holding.busy, null);
});

test('a server that cannot say what the hold is is asked again', async () => {
  const { store } = await holdingTwo();
  const { holding, clock, http } = begin({ store, held: 'unavailable' });
  await settled();
  assert.equal(holding.seats.size, 0);
  http.answer = form([5, 6], 18, { status: 'held' });
  await clock.advance(5_000);
  assert.deepEqual([...holding.seats], [5, 6]);
  assert.equal(http.asked, 2);
});
