import assert from 'node:assert/strict';
import { test } from 'node:test';

import { HoldKeeper } from '../../static/js/hold_keeper.js';
import { settled } from './doubles.mjs';
import { SHOW, TTL_MS, begin, form, holdingTwo, push } from './holding_parts.mjs';

test('a click holds one seat under an id made and kept here', async () => {
  const { holding, connection, store } = begin();
  holding.add(5);
  assert.equal(holding.changing.get(5), 'adding');
  assert.equal(holding.seats.size, 0);
  const { hold, seats, show } = connection.waiting('hold');
  assert.deepEqual([show, seats], [SHOW, [5]]);
  assert.equal(new HoldKeeper(store, SHOW).holdId, hold);
  await connection.answer('hold', form([5], 17));
  assert.deepEqual([...holding.seats], [5]);
  assert.equal(holding.changing.size, 0);
  assert.equal(holding.total, 2_500);
  assert.equal(holding.remainingMs, TTL_MS);
});

test('several clicks do not wait for each other and share one hold', async () => {
  const { holding, connection } = begin();
  for (const seat of [5, 6, 7]) holding.add(seat);
  assert.equal(connection.asked.length, 3);
  assert.equal(new Set(connection.asked.map(({ fields }) => fields.hold)).size, 1);
  await connection.answer('hold', form([5], 17));
  await connection.refuse('hold', 'seats_taken', { seats: [6] });
  await connection.answer('hold', form([5, 7], 18));
  assert.deepEqual([...holding.seats], [5, 7]);
});

test('a refused seat is named, and nothing else is lost', async () => {
  const { holding, connection, notices } = await holdingTwo();
  holding.add(9);
  await connection.refuse('hold', 'seats_taken', { seats: [9] });
  assert.equal(notices.length, 1);
  assert.equal(notices[0].kind, 'refused');
  assert.equal(notices[0].error.code, 'seats_taken');
  assert.deepEqual(notices[0].seats, [9]);
  assert.deepEqual([...holding.seats], [5, 6]);
  assert.equal(holding.changing.size, 0);
});

test('an answer that was overtaken does not take back what the later one said', async () => {
  const { holding, connection } = begin();
  holding.add(5);
  holding.add(6);
  const [first] = connection.asked.splice(0, 1);
  await connection.answer('hold', form([5, 6], 18));
  first.resolve({ ok: true, ...form([5], 17) });
  await settled();
  assert.deepEqual([...holding.seats], [5, 6]);
});

test('the time left counts from when the question was asked', async () => {
  const { holding, connection, clock } = begin();
  holding.add(5);
  await clock.advance(800);
  await connection.answer('hold', form([5], 17));
  assert.equal(holding.remainingMs, TTL_MS - 800);
});

test('a seat is given back alone', async () => {
  const { holding, connection, holdId } = await holdingTwo();
  holding.remove(5);
  assert.equal(holding.changing.get(5), 'removing');
  assert.deepEqual(connection.waiting('release'), { show: SHOW, hold: holdId, seats: [5] });
  await connection.answer('release', { version: 19 });
  assert.deepEqual([...holding.seats], [6]);
  assert.equal(holding.total, 2_500);
});

test('the last seat given back ends the hold; the next click begins another', async () => {
  const { holding, connection, holdId, notices } = await holdingTwo();
  holding.remove(5);
  holding.remove(6);
  await connection.answer('release', { version: 19 });
  await connection.push(push(holdId, 'released', [6]));
  await connection.answer('release', { version: 20 });
  assert.equal(holding.remainingMs, null);
  assert.deepEqual(notices, []);
  holding.add(7);
  assert.notEqual(connection.waiting('hold').hold, holdId);
});

test('all seats are given back at once', async () => {
  const { holding, connection, holdId, notices } = await holdingTwo();
  holding.releaseAll();
  assert.equal(holding.busy, 'release');
  assert.deepEqual(connection.waiting('release'), { show: SHOW, hold: holdId });
  await connection.answer('release', { version: 19 });
  assert.equal(holding.seats.size, 0);
  assert.equal(holding.busy, null);
  assert.deepEqual(notices, []);
});

test('a click on a hold that has just ended takes a new one', async () => {
  const { holding, connection, holdId, notices } = await holdingTwo();
  holding.add(7);
  await connection.refuse('hold', 'hold_gone');
  assert.notEqual(connection.waiting('hold').hold, holdId);
  await connection.answer('hold', form([7], 30));
  assert.deepEqual([...holding.seats], [7]);
  assert.deepEqual(notices, [{ kind: 'ended', status: 'gone', seats: [5, 6] }]);
});

test('an expired hold is told with its seats', async () => {
  const { holding, connection, holdId, notices, store } = await holdingTwo();
  await connection.push(push(holdId, 'expired', [5, 6]));
  assert.deepEqual(notices, [{ kind: 'ended', status: 'expired', seats: [5, 6] }]);
  assert.equal(holding.seats.size, 0);
  assert.equal(new HoldKeeper(store, SHOW).holdId, null);
});

test('when its time is over and nothing is heard, the server is asked', async () => {
  const { holding, clock, http, notices } = await holdingTwo();
  Object.assign(http, { answer: 'hold_gone', fields: { hold_status: 'expired' } });
  await clock.advance(TTL_MS);
  assert.equal(holding.remainingMs, 0);
  assert.deepEqual([...holding.seats], [5, 6]);
  await clock.advance(3_000);
  assert.equal(holding.seats.size, 0);
  assert.equal(notices[0].status, 'expired');
});

test('extending sets the time anew', async () => {
  const { holding, connection, clock } = await holdingTwo();
  await clock.advance(500_000);
  holding.extend();
  await connection.answer('extend', { expires_in_ms: TTL_MS });
  assert.equal(holding.remainingMs, TTL_MS);
});

test('booking ends the hold and is kept until put away', async () => {
  const { holding, connection, holdId, store } = await holdingTwo();
  holding.book();
  holding.book();
  assert.equal(holding.busy, 'book');
  assert.deepEqual(connection.waiting('book'), { show: SHOW, hold: holdId });
  await connection.answer('book', { booking: 'b1', seats: [5, 6], total: 5_000, version: 19 });
  assert.equal(connection.asked.length, 0);
  assert.equal(holding.booking.booking, 'b1');
  assert.equal(holding.seats.size, 0);
  assert.deepEqual(begin({ store }).holding.booking.seats, [5, 6]);
  holding.dismissBooking();
  assert.equal(begin({ store }).holding.booking, null);
});

test('a lost answer to a booking is asked for again under the same id', async () => {
  const { holding, connection, clock, holdId } = await holdingTwo();
  holding.book();
  await connection.goDown();
  assert.equal(holding.busy, 'book');
  await connection.comeBack();
  await clock.advance(1_000);
  assert.equal(connection.waiting('book').hold, holdId);
  await connection.answer('book', { booking: 'b1', seats: [5, 6], total: 5_000, version: 19 });
  assert.equal(holding.booking.booking, 'b1');
});

const WHILE_NOT_CONNECTED = {
  hold: (holding) => holding.add(7),
  release: (holding) => holding.remove(5),
  extend: (holding) => holding.extend(),
  book: (holding) => holding.book(),
};
for (const [op, act] of Object.entries(WHILE_NOT_CONNECTED)) {
  test(`${op} waits for the connection, and is asked when it is back`, async () => {
    const { holding, connection, clock, notices } = await holdingTwo();
    await connection.goDown();
    act(holding);
    await clock.advance(7_000);
    assert.equal(connection.asked.length, 0);
    assert.deepEqual(notices, []);
    assert.ok(holding.changing.size > 0 || holding.busy === op);
    await connection.comeBack();
    assert.equal(connection.asked.filter((asked) => asked.op === op).length, 1);
  });

  test(`${op} without a connection is refused after a while, and not sent later`, async () => {
    const { holding, connection, clock, notices } = await holdingTwo();
    await connection.goDown();
    act(holding);
    await clock.advance(8_000);
    assert.deepEqual(
      notices.map(({ action, error }) => [action, error.code]),
      [[op, 'not_connected']],
    );
    assert.equal(holding.changing.size, 0);
    assert.equal(holding.busy, null);
    assert.deepEqual([...holding.seats], [5, 6]);
    await connection.comeBack();
    await clock.advance(1_000);
    assert.equal(connection.asked.length, 0);
  });
}

test('a click that waits for the connection is taken back by a second one', async () => {
  const { holding, connection, http, notices } = await holdingTwo();
  http.answer = { ...form([5, 6], 18), status: 'held' };
  await connection.goDown();
  holding.add(7);
  assert.ok(holding.isWaiting(7));
  holding.takeBack(7);
  await settled();
  assert.equal(holding.changing.size, 0);
  holding.remove(5);
  holding.takeBack(5);
  await settled();
  assert.equal(holding.changing.size, 0);
  await connection.comeBack();
  assert.equal(connection.asked.length, 0);
  assert.deepEqual([...holding.seats], [5, 6]);
  assert.deepEqual(notices, []);
});

test('what is refused for want of a connection is not said to wait any more', async () => {
  const { holding, connection, clock } = await holdingTwo();
  const waiting = [];
  holding.addEventListener('change', () => waiting.push(holding.isWaiting(5)));
  await connection.goDown();
  holding.remove(5);
  await clock.advance(8_000);
  assert.deepEqual(waiting, [true, false]);
});

test('a seat that is taken back while its answer is lost is given back when it comes', async () => {
  const { holding, connection, clock } = await holdingTwo();
  holding.add(7);
  assert.equal(holding.isWaiting(7), false);
  holding.takeBack(7);
  await connection.goDown();
  assert.ok(holding.isWaiting(7));
  holding.takeBack(7);
  assert.equal(holding.isWaiting(7), false);
  await connection.comeBack();
  await clock.advance(1_000);
  await connection.answer('hold', form([5, 6, 7], 19));
  assert.deepEqual(connection.waiting('release').seats, [7]);
  await connection.answer('release', { version: 20 });
  assert.deepEqual([...holding.seats], [5, 6]);
  assert.equal(holding.changing.size, 0);
});

test('a click whose answer was lost long ago is not made good later', async () => {
  const { holding, connection, clock, notices } = begin();
  holding.add(5);
  await connection.goDown();
  await clock.advance(60_000);
  await connection.comeBack();
  await clock.advance(1_000);
  assert.equal(connection.waiting('hold'), undefined);
  assert.equal(notices[0].error.code, 'link_lost');
});

test('a busy server is asked again when it says', async () => {
  const { holding, connection, clock } = begin();
  holding.add(5);
  clock.chance = 0;
  await connection.refuse('hold', 'rate_limited', { retry_in_ms: 300 });
  await clock.advance(299);
  assert.equal(connection.asked.length, 0);
  await clock.advance(1);
  await connection.answer('hold', form([5], 17));
  assert.deepEqual([...holding.seats], [5]);
});
