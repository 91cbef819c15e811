import assert from 'node:assert/strict';
import { test } from 'node:test';

import { boxesMeet, grown } from '../../static/js/box.js';
import { DirtyRegion } from '../../static/js/dirty_region.js';
import { SeatMark, writeMarks } from '../../static/js/seat_marks.js';
import { freeStyle, lookStyles } from '../../static/js/seat_shapes.js';
import { Look, NONE, SeatSorter } from '../../static/js/seat_sorter.js';

const PLAN = {
  count: 6,
  categories: [{ name: 'A' }, { name: 'B' }],
  category: Uint16Array.of(0, 1, 0, 1, 0, 0),
  x: Float32Array.of(10, 40, 80, 10, 40, 80),
  y: Float32Array.of(10, 10, 10, 50, 50, 50),
  radius: new Float32Array(6).fill(10),
  rows: [
    { first: 0, end: 3, box: { left: 0, top: 0, right: 90, bottom: 20 } },
    { first: 3, end: 6, box: { left: 0, top: 40, right: 90, bottom: 60 } },
  ],
};
const EVERYWHERE = [{ left: -1e9, top: -1e9, right: 1e9, bottom: 1e9 }];
const FIRST = PLAN.categories.length;

function seatsOf(sorter, look) {
  const seats = [];
  for (let seat = sorter.first(look); seat !== NONE; seat = sorter.after(seat)) seats.push(seat);
  return seats.sort();
}

test('free seats go by category, the others by status', () => {
  const sorter = new SeatSorter(PLAN);
  sorter.sort(EVERYWHERE, Uint8Array.of(0, 0, 1, 2, 3, 0), new Uint8Array(6));
  assert.deepEqual(seatsOf(sorter, 0), [0, 5]);
  assert.deepEqual(seatsOf(sorter, 1), [1]);
  assert.deepEqual(seatsOf(sorter, FIRST + Look.HELD), [2]);
  assert.deepEqual(seatsOf(sorter, FIRST + Look.BOOKED), [3]);
  assert.deepEqual(seatsOf(sorter, FIRST + Look.BLOCKED), [4]);
  assert.equal(sorter.first(FIRST + Look.UNKNOWN), NONE);
});

test('before the first snapshot no seat looks free', () => {
  const sorter = new SeatSorter(PLAN);
  sorter.sort(EVERYWHERE, new Uint8Array(0), new Uint8Array(6));
  assert.equal(seatsOf(sorter, FIRST + Look.UNKNOWN).length, 6);
});

test('what is the buyer’s own shows before any status', () => {
  const marks = new Uint8Array(6);
  writeMarks(marks, { held: [1, 2], changing: [2], booked: [5] });
  const sorter = new SeatSorter(PLAN);
  sorter.sort(EVERYWHERE, new Uint8Array(6), marks);
  assert.deepEqual(seatsOf(sorter, FIRST + Look.OWN), [1]);
  assert.deepEqual(seatsOf(sorter, FIRST + Look.CHANGING), [2]);
  assert.deepEqual(seatsOf(sorter, FIRST + Look.OWN_BOOKED), [5]);
});

test('only seats on the screen are sorted', () => {
  const sorter = new SeatSorter(PLAN);
  const box = { left: 0, top: 30, right: 35, bottom: 45 };
  sorter.sort([box], new Uint8Array(6), new Uint8Array(6));
  assert.deepEqual(seatsOf(sorter, 0), [4]);
  assert.deepEqual(seatsOf(sorter, 1), [3]);
});

test('marks are written anew each time and keep within the plan', () => {
  const marks = Uint8Array.of(SeatMark.OWN, SeatMark.OWN);
  writeMarks(marks, { held: [1, 99], changing: [], booked: [] });
  assert.deepEqual([...marks], [SeatMark.NONE, SeatMark.OWN]);
});

test('at first everything is dirty, then what was added', () => {
  const dirty = new DirtyRegion();
  assert.equal(dirty.boxes, null);
  dirty.clear();
  dirty.add(10, 20, 3.2, 2);
  assert.deepEqual(dirty.boxes, [{ left: 6.5, top: 16.5, right: 13.5, bottom: 23.5 }]);
  dirty.addAll();
  dirty.add(1, 1, 1, 1);
  assert.equal(dirty.boxes, null);
});

test('very many dirty seats make everything dirty', () => {
  const dirty = new DirtyRegion();
  dirty.clear();
  for (let seat = 0; seat < 1_000; seat++) dirty.add(seat, 0, 1, 1);
  assert.equal(dirty.boxes, null);
});

test('boxes meet when they share a point', () => {
  const box = { left: 0, top: 0, right: 10, bottom: 10 };
  assert.ok(boxesMeet(box, { left: 10, top: 10, right: 20, bottom: 20 }));
  assert.ok(!boxesMeet(box, { left: 11, top: 0, right: 20, bottom: 20 }));
  assert.ok(boxesMeet(grown(box, 1), { left: 11, top: 0, right: 20, bottom: 20 }));
});

test('what a seat is shows in its shape, without any colour', () => {
  const styles = [freeStyle('x'), ...Object.values(lookStyles({}))];
  const shapes = styles
    // Own seats look alike, booked or not: both are marked with a tick.
    .slice(0, 1 + Look.OWN + 1)
    .map(({ trace, stroke }) => {
      const calls = [stroke === 0 ? 'fill' : 'stroke'];
      const pen = new Proxy({}, { get: (_, name) => (...at) => calls.push([name, ...at].join()) });
      trace(pen, 0, 0, 10);
      return calls.join(' ');
    });
  assert.equal(shapes.length, 7);
  assert.equal(new Set(shapes).size, 7);
});
