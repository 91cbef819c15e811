import assert from 'node:assert/strict';
import { test } from 'node:test';

import { differences, effects, isOvertaken } from '../../static/js/admin_effects.js';

const SHOW = {
  status: 'on_sale',
  starts_at: '2026-12-07T19:00:00Z',
  message: null,
  currency: 'EUR',
  prices: { Stalls: 8900, Circle: 4550 },
};

const STAKE = { open_holds: 2, held_seats: 5, bookings: 3, watchers: 40 };

test('a cancellation ends holds for good and leaves bookings to be refunded', () => {
  const words = effects({ status: 'cancelled', prices: { Stalls: 1 } }, STAKE);
  assert.deepEqual(words, [
    '2 open holds (5 seats) end at once.',
    'They do not come back, even if the show goes on sale again.',
    'No new seats can be held.',
    '3 bookings stay as they are; their pages say that the show is cancelled. Refunds are yours ' +
      'to make.',
    '40 screens show it at once.',
  ]);
});

test('whatever else is changed, holds live on and keep their prices', () => {
  for (const status of ['scheduled', 'paused', 'postponed', 'closed']) {
    const words = effects({ status }, STAKE);
    assert.match(words[0], /2 open holds \(5 seats\) live on and can still be booked/);
    assert.match(words[1], /No new seats/);
  }
  assert.match(effects({ prices: { Stalls: 1 } }, STAKE)[1], /keep their old price/);
  assert.match(effects({ status: 'on_sale' }, STAKE)[1], /can be held/);
  assert.match(effects({ message: 'x' }, { ...STAKE, open_holds: 0 })[0], /No seats are held/);
});

test('only what differs is shown, before and after', () => {
  const rows = differences(SHOW, { status: 'paused', message: '', prices: { Circle: 5000 } });
  assert.deepEqual(rows, [
    ['Status', 'On sale', 'Sales are paused'],
    ['Message to everybody', '–', '–'],
    ['Circle', '€45.50', '€50.00'],
  ]);
});

test('a change is overtaken by one of the same field, and by no other', () => {
  const patch = { message: 'Doors at six', prices: { Stalls: 1 } };
  const changed = (fields) => isOvertaken(patch, SHOW, { ...SHOW, ...fields });
  assert.equal(changed({}), false);
  assert.equal(changed({ status: 'paused', prices: { Stalls: 8900, Circle: 1 } }), false);
  assert.equal(changed({ message: 'Doors at seven' }), true);
  assert.equal(changed({ prices: { Stalls: 9000, Circle: 4550 } }), true);
});
