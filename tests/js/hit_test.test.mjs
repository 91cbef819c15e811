import assert from 'node:assert/strict';
import { test } from 'node:test';

import { SeatGrid } from '../../static/js/hit_test.js';
import { seeded } from './doubles.mjs';

function points(seats) {
  return {
    count: seats.length,
    x: Float32Array.from(seats, ([x]) => x),
    y: Float32Array.from(seats, ([, y]) => y),
    radius: Float32Array.from(seats, ([, , radius = 10]) => radius),
  };
}

test('the nearest seat within reach is found', () => {
  const grid = new SeatGrid(
    points([
      [0, 0],
      [30, 0],
      [60, 0],
    ]),
  );
  assert.equal(grid.nearest(33, 2, 5), 1);
  assert.equal(grid.nearest(16, 0, 16), 1);
  assert.equal(grid.nearest(14, 0, 16), 0);
});

test('a point inside a large seat means it, even beyond the reach', () => {
  const grid = new SeatGrid(
    points([
      [0, 0, 50],
      [200, 0, 5],
    ]),
  );
  assert.equal(grid.nearest(40, 0, 1), 0);
  assert.equal(grid.nearest(190, 0, 1), -1);
});

test('far from every seat there is none', () => {
  const grid = new SeatGrid(
    points([
      [0, 0],
      [30, 0],
    ]),
  );
  assert.equal(grid.nearest(1000, 1000, 20), -1);
  assert.equal(grid.nearest(-1000, 0, 20), -1);
});

test('a plan without seats has no seat anywhere', () => {
  assert.equal(new SeatGrid(points([])).nearest(0, 0, 100), -1);
});

test('seats in one column, in one row and in one place are found', () => {
  const column = new SeatGrid(points(Array.from({ length: 100 }, (_, index) => [5, index * 30])));
  assert.equal(column.nearest(5, 30 * 70 + 3, 5), 70);
  const row = new SeatGrid(points(Array.from({ length: 100 }, (_, index) => [index * 30, 5])));
  assert.equal(row.nearest(30 * 99, 5, 5), 99);
  assert.ok(
    new SeatGrid(
      points([
        [1, 1],
        [1, 1],
      ]),
    ).nearest(1, 1, 1) >= 0,
  );
});

test('the grid finds what looking at every seat finds', () => {
  const random = seeded(3);
  const seats = Array.from({ length: 2_000 }, () => [
    random() * 3_000,
    random() * 400,
    2 + random() * 10,
  ]);
  const all = points(seats);
  const grid = new SeatGrid(all);
  for (let round = 0; round < 500; round++) {
    const x = random() * 3_400 - 200;
    const y = random() * 800 - 200;
    const reach = random() * 40;
    assert.equal(grid.nearest(x, y, reach), bruteForce(all, x, y, reach));
  }
});

function bruteForce({ count, x, y, radius }, atX, atY, reach) {
  let best = -1;
  let bestSquare = Infinity;
  for (let seat = 0; seat < count; seat++) {
    const square = (x[seat] - atX) ** 2 + (y[seat] - atY) ** 2;
    if (square < bestSquare && square <= Math.max(reach, radius[seat]) ** 2) {
      best = seat;
      bestSquare = square;
    }
  }
  return best;
}
