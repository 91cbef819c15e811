import assert from 'node:assert/strict';
import { test } from 'node:test';

import { retryDelayMs } from '../../static/js/backoff.js';
import { HoldKeeper } from '../../static/js/hold_keeper.js';
import { MemoryStore } from '../../static/js/key_store.js';
import { SessionToken } from '../../static/js/session_token.js';
import { countdown, money } from '../../static/js/formats.js';
import { freshnessWords } from '../../static/js/sentences.js';
import { newUuid } from '../../static/js/uuid.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test('the delay is anywhere from nothing to 1 s · 2^attempt, at most 30 s', () => {
  assert.equal(retryDelayMs(0, 0), 0);
  assert.equal(retryDelayMs(0, 0.5), 500);
  assert.equal(retryDelayMs(3, 0.5), 4_000);
  assert.equal(retryDelayMs(20, 0.999999), 29_999);
});

test('an id is a version 4 UUID, with and without a secure context', () => {
  assert.match(newUuid(), UUID);
  const getRandomValues = (bytes) => bytes.fill(0xff);
  assert.equal(newUuid({ getRandomValues }), 'ffffffff-ffff-4fff-bfff-ffffffffffff');
  assert.match(newUuid({ getRandomValues: (bytes) => crypto.getRandomValues(bytes) }), UUID);
});

test('a token is asked for once and kept', async () => {
  const store = new MemoryStore();
  let sessions = 0;
  const api = { newSession: async () => ({ token: `t${(sessions += 1)}` }) };
  const token = new SessionToken(api, store);
  assert.deepEqual(await Promise.all([token.get(), token.get()]), ['t1', 't1']);
  assert.equal(await new SessionToken(api, store).get(), 't1');
  assert.equal(sessions, 1);
});

test('a refused token is replaced, but not one that another tab has replaced already', async () => {
  const store = new MemoryStore();
  let sessions = 0;
  const api = { newSession: async () => ({ token: `t${(sessions += 1)}` }) };
  const token = new SessionToken(api, store);
  await token.get();
  token.forget('t0');
  assert.equal(await token.get(), 't1');
  token.forget('t1');
  assert.equal(await token.get(), 't2');
});

test('a session that could not begin is begun again when asked', async () => {
  let isDown = true;
  const newSession = async () => {
    if (isDown) throw new Error('down');
    return { token: 't' };
  };
  const token = new SessionToken({ newSession }, new MemoryStore());
  await assert.rejects(token.get());
  isDown = false;
  assert.equal(await token.get(), 't');
});

test('a hold and a booking are kept per show', () => {
  const store = new MemoryStore();
  const booking = { booking: 'b', hold: 'h', seats: [1], total: 100 };
  Object.assign(new HoldKeeper(store, 42), { holdId: 'h1', booking });
  assert.equal(new HoldKeeper(store, 42).holdId, 'h1');
  assert.deepEqual(new HoldKeeper(store, 42).booking, booking);
  assert.equal(new HoldKeeper(store, 43).holdId, null);
  Object.assign(new HoldKeeper(store, 42), { holdId: null, booking: null });
  assert.equal(new HoldKeeper(store, 42).holdId, null);
  assert.equal(new HoldKeeper(store, 42).booking, null);
});

test('a spoilt booking is no booking', () => {
  const store = new MemoryStore();
  store.setItem('seatwire.booking.42', '{');
  assert.equal(new HoldKeeper(store, 42).booking, null);
});

test('minor units follow the currency', () => {
  assert.match(money(5_000, 'EUR'), /50\.00|50,00/);
  assert.match(money(5_000, 'JPY'), /5.?000/);
});

test('the time left is rounded up, so that it is over when it says so', () => {
  assert.equal(countdown(600_000), '10:00');
  assert.equal(countdown(59_001), '1:00');
  assert.equal(countdown(1), '0:01');
  assert.equal(countdown(0), '0:00');
});

test('freshness is always put in words', () => {
  assert.equal(freshnessWords({ state: 'live', since: null }), 'Live');
  assert.equal(freshnessWords({ state: 'stale', since: null }), 'Not connected');
  assert.match(freshnessWords({ state: 'stale', since: 1_790_000_000_000 }), /^Stale since .*\d/);
});
