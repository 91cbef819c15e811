import assert from 'node:assert/strict';
import { test } from 'node:test';

import { overlapsOf } from '../../static/js/plan_overlaps.js';

const planOf = (...seats) => ({
  count: seats.length,
  x: seats.map(([x]) => x),
  y: seats.map(([, y]) => y),
  radius: seats.map(([, , radius = 10]) => radius),
  labels: seats.map((_, index) => `S${index}`),
});

test('a seat on another is named with the one below it, at its place', () => {
  const plan = planOf([0, 0], [20, 0], [0, 0], [-0.5, 0.5]);
  assert.deepEqual(overlapsOf(plan), [
    { x: 0, y: 0, label: 'S2', other: 'S0' },
    { x: -0.5, y: 0.5, label: 'S3', other: 'S0' },
  ]);
});

test('seats that only touch or cover one another in part are none', () => {
  assert.deepEqual(overlapsOf(planOf([0, 0], [4, 0], [0, 4])), []);
  // Beside a large table, at its rim.
  assert.deepEqual(overlapsOf(planOf([0, 0, 100], [5, 0, 10])), []);
  assert.deepEqual(overlapsOf(planOf()), []);
});
