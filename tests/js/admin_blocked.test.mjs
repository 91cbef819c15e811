import assert from 'node:assert/strict';
import { test } from 'node:test';

import { blockedBefore, labelsOf } from '../../static/js/admin_blocked.js';
import { WireError } from '../../static/js/protocol.js';

const PLAN = { labels: Array.from({ length: 40 }, (_, seat) => `A-${seat}`) };

/** A server at version 7, at which *taken* were blocked; each seat has the reason given. */
function server(taken, reasons, reason = 'Camera') {
  return {
    events: async (show, after) => {
      assert.deepEqual([show, after], [42, 6]);
      return { events: [{ version: 7, kind: 'block', seats: taken, detail: { reason } }] };
    },
    seat: async (show, seat) => ({ seat, reason: reasons[seat] }),
  };
}

const asked = (seats) => ({ show: 42, seats, reason: 'Camera', version: 7 });

test('a block that took all its seats has nothing to say of others', async () => {
  assert.equal(await blockedBefore(server([1, 2, 3], {}), asked([1, 2, 3]), PLAN), '');
});

test('every seat that was blocked before is named with its reason, not only the first', async () => {
  const reasons = { 2: 'Rain', 3: '', 4: 'Rain' };
  assert.equal(
    await blockedBefore(server([1], reasons), asked([1, 2, 3, 4]), PLAN),
    'Somebody else had blocked before: A-2, A-4 (“Rain”), A-3 (without a reason).',
  );
});

test('a block that took nothing does not take the last one before it for its own', async () => {
  assert.equal(
    await blockedBefore(server([1, 2], { 1: 'Rain', 2: 'Rain' }, 'Rain'), asked([1, 2]), PLAN),
    'Somebody else had blocked before: A-1, A-2 (“Rain”).',
  );
});

test('who blocked before for the same reason is no news', async () => {
  assert.equal(await blockedBefore(server([1], { 2: 'Camera' }), asked([1, 2]), PLAN), '');
});

test('no more labels are named than people read, and the rest is counted', async () => {
  const seats = Array.from({ length: 25 }, (_, seat) => seat);
  const reasons = Object.fromEntries(seats.map((seat) => [seat, 'Rain']));
  const words = await blockedBefore(server([], reasons), asked(seats), PLAN);
  assert.match(words, /A-0, .*A-9 \(“Rain”\) and 15 more\.$/);
  assert.doesNotMatch(words, /A-10/);
  assert.match(labelsOf(seats, PLAN), /A-9 and 15 more$/);
  assert.equal(labelsOf([1, 2], null), '1, 2');
});

test('when nobody can say who was first the block is still told', async () => {
  const api = { events: async () => Promise.reject(new WireError('offline', 'away')) };
  assert.equal(await blockedBefore(api, asked([1]), PLAN), '');
});
