import assert from 'node:assert/strict';
import { test } from 'node:test';

import { SeatState } from '../../static/js/seat_state.js';
import { seeded } from './doubles.mjs';

const EPOCH = 1_790_000_000;

function stateAt(version, statuses) {
  const state = new SeatState();
  state.applySnapshot({ epoch: EPOCH, version, seats: Uint8Array.from(statuses) });
  return state;
}

test('before the first snapshot there is no position and every delta is a gap', () => {
  const state = new SeatState();
  assert.equal(state.position, null);
  assert.equal(state.applyDelta({ epoch: EPOCH, from: 0, to: 1, seats: [] }), 'gap');
});

test('a snapshot replaces everything', () => {
  const state = stateAt(5, [0, 1, 2, 3]);
  state.applySnapshot({ epoch: EPOCH, version: 3, seats: Uint8Array.of(1, 1) });
  assert.deepEqual(state.position, { epoch: EPOCH, version: 3 });
  assert.deepEqual([...state.statuses], [1, 1]);
  assert.deepEqual([...state.counts], [0, 2, 0, 0]);
});

test('a delta that follows is applied', () => {
  const state = stateAt(16, [0, 0, 1]);
  const outcome = state.applyDelta({
    epoch: EPOCH,
    from: 16,
    to: 18,
    seats: [
      [1, 1],
      [2, 2],
    ],
  });
  assert.equal(outcome, 'applied');
  assert.deepEqual([...state.statuses], [0, 1, 2]);
  assert.deepEqual([...state.counts], [1, 1, 1, 0]);
  assert.deepEqual(state.position, { epoch: EPOCH, version: 18 });
});

test('an empty delta from here to here says that nothing was missed', () => {
  const state = stateAt(16, [0]);
  assert.equal(state.applyDelta({ epoch: EPOCH, from: 16, to: 16, seats: [] }), 'applied');
});

test('a delta with nothing new is old and changes nothing', () => {
  const state = stateAt(16, [0]);
  assert.equal(state.applyDelta({ epoch: EPOCH, from: 14, to: 16, seats: [[0, 2]] }), 'old');
  assert.deepEqual([...state.statuses], [0]);
});

for (const [what, delta] of [
  ['starts later', { from: 17, to: 18 }],
  ['starts earlier and goes beyond', { from: 15, to: 17 }],
  ['is of another epoch', { epoch: EPOCH + 1, from: 16, to: 17 }],
  ['goes backwards', { from: 16, to: 15 }],
  ['names a seat that is not there', { from: 16, to: 17, seats: [[3, 1]] }],
  ['names no seat at all', { from: 16, to: 17, seats: [[-1, 1]] }],
  ['has a status that does not exist', { from: 16, to: 17, seats: [[0, 4]] }],
]) {
  test(`a delta that ${what} is a gap and changes nothing`, () => {
    const state = stateAt(16, [0, 0, 1]);
    const outcome = state.applyDelta({ epoch: EPOCH, seats: [[0, 1]], ...delta });
    assert.equal(outcome, 'gap');
    assert.deepEqual([...state.statuses], [0, 0, 1]);
    assert.deepEqual(state.position, { epoch: EPOCH, version: 16 });
  });
}

test('after invalidation the picture stays but nothing fits until a snapshot', () => {
  const state = stateAt(16, [0, 1]);
  state.invalidate();
  assert.equal(state.position, null);
  assert.deepEqual([...state.statuses], [0, 1]);
  assert.equal(state.applyDelta({ epoch: EPOCH, from: 16, to: 17, seats: [] }), 'gap');
});

test('the array of statuses is the same as long as the count is', () => {
  const state = stateAt(1, [0, 0]);
  const before = state.statuses;
  state.applySnapshot({ epoch: EPOCH, version: 9, seats: Uint8Array.of(2, 2) });
  assert.equal(state.statuses, before);
});

test('snapshot + deltas = later snapshot, and counts always add up', () => {
  const random = seeded(7);
  const count = 50;
  const pick = (below) => Math.floor(random() * below);
  const truth = Array.from({ length: count }, () => pick(4));
  const state = stateAt(0, truth);
  let version = 0;
  for (let round = 0; round < 300; round++) {
    const seats = Array.from({ length: pick(5) }, () => [pick(count), pick(4)]);
    for (const [seat, status] of seats) truth[seat] = status;
    const to = version + 1 + pick(3);
    assert.equal(state.applyDelta({ epoch: EPOCH, from: version, to, seats }), 'applied');
    version = to;
    assert.deepEqual([...state.statuses], truth);
    assert.equal(
      state.counts.reduce((sum, each) => sum + each),
      count,
    );
  }
  assert.deepEqual([...state.counts], [...stateAt(0, truth).counts]);
});
