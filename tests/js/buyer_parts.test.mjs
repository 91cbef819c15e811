import assert from 'node:assert/strict';
import { test } from 'node:test';

import { bookingAddress, bookingAt, showAt } from '../../static/js/addresses.js';
import { HoldSpeaker } from '../../static/js/hold_speaker.js';
import { HoldWarning } from '../../static/js/hold_warning.js';
import { SeatOutline } from '../../static/js/seat_outline.js';
import { onWake } from '../../static/js/sleep.js';
import { Throttle } from '../../static/js/throttle.js';
import { connected } from './connecting.mjs';
import { ManualClock, collect } from './doubles.mjs';
import { form, holdingTwo, push, TTL_MS } from './holding_parts.mjs';

const HOLD_MS = 600_000;

test('a hold’s end is news once, a minute before it', () => {
  const warning = new HoldWarning();
  assert.deepEqual(warning.update(61_000, HOLD_MS), { isSoon: false, isNews: false });
  assert.deepEqual(warning.update(60_000, HOLD_MS), { isSoon: true, isNews: true });
  assert.deepEqual(warning.update(59_000, HOLD_MS), { isSoon: true, isNews: false });
  assert.deepEqual(warning.update(HOLD_MS, HOLD_MS), { isSoon: false, isNews: false });
  assert.deepEqual(warning.update(60_000, HOLD_MS), { isSoon: true, isNews: true });
  assert.deepEqual(warning.update(null, HOLD_MS), { isSoon: false, isNews: false });
});

test('a short hold does not begin with a warning', () => {
  const warning = new HoldWarning();
  assert.equal(warning.update(60_000, 60_000).isSoon, false);
  assert.equal(warning.update(20_000, 60_000).isNews, true);
});

test('a page knows its show and its booking from its address', () => {
  const bookingId = '6f9619ff-8b86-4d01-b42d-00c04fc964ff';
  assert.deepEqual(bookingAt(bookingAddress(42, bookingId)), { showId: 42, bookingId });
  assert.equal(bookingAt('/shows/42'), null);
  assert.equal(showAt('/shows/42/'), 42);
  assert.equal(showAt('/shows/x'), null);
});

test('what is throttled happens at once, then seldom, and the last time is not lost', async () => {
  const clock = new ManualClock();
  const times = [];
  const throttle = new Throttle(1_000, () => times.push(clock.now()), clock);
  throttle.ask();
  await clock.advance(400);
  throttle.ask();
  throttle.ask();
  await clock.advance(2_000);
  throttle.ask();
  throttle.ask();
  throttle.stop();
  await clock.advance(2_000);
  assert.deepEqual(times, [0, 1_000, 2_400]);
});

test('a page that did not run for long has slept', async () => {
  const clock = new ManualClock();
  let sleptMs = 0;
  const wakes = [];
  const asleep = { ...clock, after: clock.after.bind(clock), wallNow: () => clock.now() + sleptMs };
  const over = new AbortController();
  onWake(() => wakes.push(clock.now()), asleep, over.signal);
  await clock.advance(3_500);
  sleptMs = 3_600_000;
  await clock.advance(2_000);
  assert.deepEqual(wakes, [4_000]);
  over.abort();
  sleptMs *= 2;
  await clock.advance(5_000);
  assert.equal(wakes.length, 1);
});

test('an outline counts free seats by row and section as they change', () => {
  const rows = ['A', 'A', 'B'].map((zone, row) => ({ zone, first: row * 2, end: row * 2 + 2 }));
  const plan = { rows, row: [0, 0, 1, 1, 2, 2] };
  const outline = new SeatOutline(plan);
  const statuses = new Uint8Array([0, 1, 0, 0, 2, 3]);
  assert.deepEqual([...outline.update(statuses, null)], [0, 1, 2]);
  const sizes = outline.sections.map(({ name, count, free }) => [name, count, free]);
  assert.deepEqual(sizes, [
    ['A', 4, 3],
    ['B', 2, 0],
  ]);
  statuses[1] = 0;
  statuses[4] = 0;
  assert.deepEqual(
    [
      ...outline.update(statuses, [
        [1, 0],
        [4, 0],
      ]),
    ],
    [0, 2],
  );
  assert.deepEqual([...outline.freeInRow], [2, 2, 1]);
  assert.deepEqual(
    outline.sections.map(({ free }) => free),
    [4, 1],
  );
});

test('an outline without statuses has nothing free', () => {
  const plan = { rows: [{ zone: '', first: 0, end: 2 }], row: [0, 0] };
  const outline = new SeatOutline(plan);
  outline.update(new Uint8Array(0), null);
  assert.equal(outline.sections[0].free, 0);
});

test('a booking made here is told, with what was booked', async () => {
  const { holding, connection } = await holdingTwo();
  const booked = [];
  holding.addEventListener('booked', ({ detail }) => booked.push(detail.booking));
  holding.book();
  await connection.answer('book', { booking: 'b1', seats: [5, 6], total: 5_000 });
  assert.deepEqual(booked, ['b1']);
});

test('an extension that gives no time is told', async () => {
  const { holding, connection, notices, clock } = await holdingTwo();
  await clock.advance(TTL_MS / 2);
  holding.extend();
  await connection.answer('extend', { expires_in_ms: TTL_MS });
  assert.deepEqual(notices, []);
  holding.extend();
  await connection.answer('extend', { expires_in_ms: TTL_MS });
  assert.deepEqual(notices, [{ kind: 'no_more_time' }]);
});

test('after sleep the hold is asked for again', async () => {
  const { connection, http, clock } = await holdingTwo();
  http.answer = { ...form([5, 6], 18), status: 'held' };
  const before = http.asked;
  connection.emit('awake');
  await clock.advance(0);
  assert.equal(http.asked, before + 1);
});

test('after sleep a living link is asked at once, a dead one opened anew', async () => {
  const { connection, sockets } = await connected();
  const awake = collect(connection, 'awake');
  connection.wake();
  assert.equal(awake.length, 1);
  assert.equal(sockets.length, 1);
  await sockets[0].drop(1006);
  connection.wake();
  assert.equal(awake.length, 1);
});

/** What is said about *holding*, as it is put into a live region. */
function speaking(holding, clock) {
  const name = (seat) => `Seat ${seat}`;
  const plan = { row: [], nameOf: name, seatNameOf: name };
  const said = { textContent: '' };
  const { signal } = new AbortController();
  new HoldSpeaker(said, { holding, plan, show: { currency: 'EUR' } }, clock).start(signal);
  return said;
}

test('what was said of seats that are lost is taken back', async () => {
  const { holding, connection, clock, holdId } = await holdingTwo();
  const said = speaking(holding, clock);
  holding.add(7);
  await connection.answer('hold', form([5, 6, 7], 19));
  assert.match(said.textContent, /Seat 7/);
  await connection.push(push(holdId, 'expired', [5, 6, 7]));
  await clock.advance(2_000);
  assert.equal(said.textContent, '');
});

test('who does not see the page hears that a click waits, and that it is taken back', async () => {
  const { holding, connection, clock, http } = await holdingTwo();
  http.answer = { ...form([5, 6], 18), status: 'held' };
  const said = speaking(holding, clock);
  await connection.goDown();
  holding.add(7);
  assert.match(said.textContent, /^Seat 7: waiting for the connection/);
  await clock.advance(2_000);
  holding.takeBack(7);
  assert.match(said.textContent, /^Taken back: Seat 7\./);
});

test('a seat whose return had to wait is said to be given back once it is', async () => {
  const { holding, connection, clock } = await holdingTwo();
  const said = speaking(holding, clock);
  await connection.goDown();
  holding.remove(5);
  assert.match(said.textContent, /^Seat 5: waiting/);
  await connection.comeBack();
  await clock.advance(1_000);
  await connection.answer('release', { version: 19 });
  await clock.advance(2_000);
  assert.match(said.textContent, /^Given back: Seat 5\./);
});
