import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  localTime,
  minorUnits,
  momentOf,
  patchOf,
  typedAmount,
} from '../../static/js/show_patch.js';

const SHOW = {
  status: 'on_sale',
  starts_at: '2026-12-07T19:00:00Z',
  message: 'Doors open at six',
  currency: 'EUR',
  prices: { Stalls: 8900, Circle: 4550 },
};

const UNCHANGED = {
  status: 'on_sale',
  startsAt: localTime(SHOW.starts_at),
  message: 'Doors open at six',
  prices: { Stalls: '89.00', Circle: '45.5' },
};

test('an untouched form asks for nothing', () => {
  assert.deepEqual(patchOf(SHOW, UNCHANGED), {});
});

test('only what differs is asked for', () => {
  const fields = { ...UNCHANGED, message: '  ', prices: { Stalls: '79,90', Circle: '45.50' } };
  assert.deepEqual(patchOf(SHOW, fields), { message: '', prices: { Stalls: 7990 } });
  assert.deepEqual(patchOf(SHOW, { ...UNCHANGED, status: 'paused' }), { status: 'paused' });
});

test('another start is a moment with its zone', () => {
  const patch = patchOf(SHOW, { ...UNCHANGED, startsAt: '2026-12-08T20:30' });
  assert.equal(localTime(patch.starts_at), '2026-12-08T20:30');
  assert.match(patch.starts_at, /Z$/);
});

test('what is no price names its category, what is no time its field', () => {
  const prices = { Stalls: 'free', Circle: '1' };
  assert.throws(() => patchOf(SHOW, { ...UNCHANGED, prices }), { message: 'Stalls' });
  assert.throws(() => momentOf(''), { message: 'starts_at' });
});

test('amounts are read as people type them, and never rounded', () => {
  assert.equal(minorUnits('89', 'EUR'), 8900);
  assert.equal(minorUnits(' 89.5 ', 'EUR'), 8950);
  assert.equal(minorUnits('0,05', 'EUR'), 5);
  assert.equal(minorUnits('1200', 'JPY'), 1200);
  for (const text of ['', '-1', '1.005', '1,000.00', '1e3', 'abc']) {
    assert.equal(minorUnits(text, 'EUR'), null, text);
  }
  assert.equal(minorUnits('12.5', 'JPY'), null);
});

test('an amount that the server would refuse is none', () => {
  assert.equal(minorUnits('10000000', 'EUR'), 1_000_000_000);
  assert.equal(minorUnits('10000000.01', 'EUR'), null);
});

test('amounts are shown as they are typed', () => {
  assert.equal(typedAmount(8950, 'EUR', 'en'), '89.50');
  assert.equal(typedAmount(123450, 'EUR', 'de-DE'), '1234,50');
  assert.equal(typedAmount(1200, 'JPY', 'en'), '1200');
});
