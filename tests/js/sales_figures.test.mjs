import assert from 'node:assert/strict';
import { test } from 'node:test';

import { sharesOf, sparkBars, totalsOf } from '../../static/js/sales_figures.js';

test('totals are the sums over the categories', () => {
  const totals = totalsOf([
    { name: 'A', price: 100, available: 5, held: 1, booked: 4, blocked: 0, revenue: 400 },
    { name: 'B', price: 50, available: 8, held: 0, booked: 1, blocked: 1, revenue: 50 },
  ]);
  assert.deepEqual(totals, {
    booked: 5,
    held: 1,
    blocked: 1,
    available: 13,
    count: 20,
    revenue: 450,
  });
});

test('shares add up to one, and to nothing where there is nothing', () => {
  const shares = sharesOf({ booked: 1, held: 1, blocked: 0, available: 2 });
  assert.deepEqual(shares, { booked: 0.25, held: 0.25, blocked: 0, available: 0.5 });
  const none = sharesOf({ booked: 0, held: 0, blocked: 0, available: 0 });
  assert.deepEqual(Object.values(none), [0, 0, 0, 0]);
});

test('the highest bar fills the picture, a quiet hour does not', () => {
  const picture = { width: 30, height: 10, leastMax: 5 };
  assert.deepEqual(sparkBars([0, 20, 10], picture), [
    { x: 0, y: 10, width: 10, height: 0 },
    { x: 10, y: 0, width: 10, height: 10 },
    { x: 20, y: 5, width: 10, height: 5 },
  ]);
  assert.equal(sparkBars([1], picture)[0].height, 2);
  assert.deepEqual(sparkBars([], picture), []);
});
