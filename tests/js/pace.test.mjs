import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Pace } from '../../static/js/pace.js';

/** Draw frames *intervalMs* apart from *nowMs* on; return the last frame's time and share. */
function draw(pace, frames, intervalMs, nowMs = 0) {
  let share = 1;
  for (let frame = 0; frame < frames; frame++) {
    nowMs += intervalMs;
    share = pace.next(nowMs);
    pace.end(true);
  }
  return { nowMs, share };
}

test('a machine that keeps up draws every pixel', () => {
  assert.equal(draw(new Pace(), 100, 16.7).share, 1);
});

test('one long frame is no reason to draw fewer', () => {
  const pace = new Pace();
  const { nowMs } = draw(pace, 10, 16.7);
  assert.equal(draw(pace, 1, 90, nowMs).share, 1);
  assert.equal(draw(pace, 10, 16.7, nowMs + 90).share, 1);
});

test('a machine that does not keep up draws fewer, and tries again later', () => {
  const pace = new Pace();
  const { nowMs, share } = draw(pace, 4, 40);
  assert.ok(share < 1);
  assert.ok(draw(pace, 100, 16.7, nowMs).share < 1);
  assert.equal(draw(pace, 1, 60_000, nowMs).share, 1);
});

test('a pause between two turns of the wheel is not a slow frame', () => {
  const pace = new Pace();
  let nowMs = 0;
  for (let turn = 0; turn < 10; turn++) {
    assert.equal(pace.next((nowMs += 60)), 1);
    pace.end(true);
    assert.equal(pace.next((nowMs += 16)), 1);
    pace.end(false);
  }
});
