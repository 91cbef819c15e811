import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Emitter } from '../../static/js/emitter.js';
import { Clearance } from '../../static/js/kiosk_clearance.js';
import { ManualClock } from './doubles.mjs';

/** A holding whose releases are answered by the test. */
class ScriptedHolding extends Emitter {
  seats = new Set();
  changing = new Map();
  busy = null;
  booking = null;
  releases = 0;

  releaseAll() {
    this.releases += 1;
  }

  dismissBooking() {
    this.booking = null;
    this.changed();
  }

  changed() {
    this.emit('change');
  }
}

function clearing(...seats) {
  const holding = new ScriptedHolding();
  for (const seat of seats) holding.seats.add(seat);
  const clock = new ManualClock();
  const page = new AbortController();
  const clearance = new Clearance(holding, clock, page.signal);
  return { holding, clock, clearance, page };
}

test('what is held is given back at once, and asked for once', () => {
  const { holding, clearance } = clearing(1, 2);
  clearance.begin();
  holding.changed();
  assert.equal(holding.releases, 1);
  assert.equal(clearance.isClear, false);
  holding.seats.clear();
  holding.changed();
  assert.equal(clearance.isClear, true);
  assert.equal(holding.releases, 1);
});

test('without a connection it is tried again until it is done', async () => {
  const { holding, clock, clearance } = clearing(1);
  clearance.begin();
  await clock.advance(3_500);
  assert.equal(holding.releases, 4);
  holding.seats.clear();
  await clock.advance(10_000);
  assert.equal(holding.releases, 4);
});

test('a seat that was still being asked for is given back when it has come', () => {
  const { holding, clearance } = clearing();
  holding.changing.set(7, 'adding');
  clearance.begin();
  assert.equal(clearance.isClear, false);
  assert.equal(holding.releases, 0);
  holding.changing.clear();
  holding.seats.add(7);
  holding.changed();
  assert.equal(holding.releases, 1);
});

test('a booking is put away', () => {
  const { holding, clearance } = clearing();
  holding.booking = { booking: 'b' };
  clearance.begin();
  assert.equal(holding.booking, null);
  assert.equal(clearance.isClear, true);
});

test('the next visitor’s seats stay theirs', async () => {
  const { holding, clock, clearance } = clearing();
  clearance.begin();
  clearance.end();
  holding.seats.add(3);
  holding.changed();
  await clock.advance(10_000);
  assert.equal(holding.releases, 0);
});

test('a page that is left behind gives nothing back any more', async () => {
  const { holding, clock, clearance, page } = clearing(1);
  clearance.begin();
  page.abort();
  await clock.advance(10_000);
  assert.equal(holding.releases, 1);
});
