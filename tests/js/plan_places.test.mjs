import assert from 'node:assert/strict';
import { test } from 'node:test';

import { keysOf, pointOf } from '../../static/js/plan_places.js';

const PLAN = {
  zones: [
    {
      position: { x: 100, y: 50 },
      rows: [
        {
          position: { x: 10, y: 20 },
          seats: [{ position: { x: 1, y: 2 } }, { position: { x: 'far', y: 2 } }],
        },
        { seats: [{ position: { x: 5, y: 6 } }] },
      ],
      areas: [{ position: { x: 7, y: 8 } }],
    },
  ],
  categories: [{ name: 'A' }],
};

test('a place is keys and indexes', () => {
  assert.deepEqual(keysOf('zones[0].rows[12].seat_guid'), ['zones', 0, 'rows', 12, 'seat_guid']);
  assert.deepEqual(keysOf(''), []);
});

test('a seat and an area are where their positions add up to', () => {
  assert.deepEqual(pointOf(PLAN, 'zones[0].rows[0].seats[0].seat_guid'), { x: 111, y: 72 });
  assert.deepEqual(pointOf(PLAN, 'zones[0].areas[0].color'), { x: 107, y: 58 });
});

test('a seat without a proper position is shown beside its neighbours', () => {
  const point = pointOf(PLAN, 'zones[0].rows[0].seats[1].position.x');
  assert.deepEqual(point, { x: 111, y: 72 });
});

test('a row and a zone are where their first seat is', () => {
  assert.deepEqual(pointOf(PLAN, 'zones[0].rows[1].row_number'), { x: 105, y: 56 });
  assert.deepEqual(pointOf(PLAN, 'zones[0].name'), { x: 111, y: 72 });
});

test('what stands nowhere has no point, whatever the document', () => {
  assert.equal(pointOf(PLAN, 'categories[0].name'), null);
  assert.equal(pointOf(PLAN, 'zones'), null);
  assert.equal(pointOf(PLAN, 'line 3 column 5'), null);
  assert.equal(pointOf(null, 'zones[0].rows[0]'), null);
  assert.equal(pointOf({ zones: [[7]] }, 'zones[0].rows[3]'), null);
  assert.equal(pointOf({ zones: [{ rows: [{ seats: 'none' }] }] }, 'zones[0].rows[0]'), null);
});
