import assert from 'node:assert/strict';
import { test } from 'node:test';

import { IdleWatch } from '../../static/js/idle_watch.js';
import { ManualClock } from './doubles.mjs';

function watching(idleMs, warningMs) {
  const clock = new ManualClock();
  const told = [];
  const watch = new IdleWatch({
    clock,
    onWarning: (seconds) => told.push(seconds),
    onOver: () => told.push('over'),
  });
  watch.start(idleMs, warningMs);
  return { clock, told, watch };
}

test('the last seconds are counted down, each once, and then it is over', async () => {
  const { clock, told } = watching(60_000, 3_000);
  await clock.advance(56_999);
  assert.deepEqual(told, []);
  await clock.advance(3_001);
  assert.deepEqual(told, [3, 2, 1, null, 'over']);
  await clock.advance(120_000);
  assert.equal(told.length, 5);
});

test('a touch during the warning ends it and starts over', async () => {
  const { clock, told, watch } = watching(10_000, 2_000);
  await clock.advance(8_500);
  watch.touch();
  assert.deepEqual(told, [2, null]);
  await clock.advance(7_999);
  assert.deepEqual(told, [2, null]);
  await clock.advance(2_001);
  assert.deepEqual(told.slice(2), [2, 1, null, 'over']);
});

test('whoever stopped watching is not woken by a touch', async () => {
  const { clock, told, watch } = watching(5_000, 1_000);
  watch.stop();
  watch.touch();
  await clock.advance(60_000);
  assert.deepEqual(told, []);
});

test('a warning as long as the whole time counts from the start', async () => {
  const { clock, told } = watching(2_000, 2_000);
  await clock.advance(2_000);
  assert.deepEqual(told, [2, 1, null, 'over']);
});
