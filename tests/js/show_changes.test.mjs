import assert from 'node:assert/strict';
import { test } from 'node:test';

import { showChanges } from '../../static/js/show_changes.js';

const SHOW = {
  status: 'on_sale',
  starts_at: '2026-12-07T19:00:00Z',
  message: null,
  prices: { Stalls: 8900, Circle: 4500 },
};

test('the same show again is no news', () => {
  assert.deepEqual(showChanges(SHOW, { ...SHOW, prices: { ...SHOW.prices }, version: 9 }), []);
});

test('the same moment written in another way is no news', () => {
  assert.deepEqual(showChanges(SHOW, { ...SHOW, starts_at: '2026-12-07T20:00:00+01:00' }), []);
});

test('the status comes first, then start, message and prices', () => {
  const after = {
    status: 'postponed',
    starts_at: '2026-12-08T19:00:00Z',
    message: 'Storm warning',
    prices: { Stalls: 7900, Circle: 4500, Box: 12000 },
  };
  assert.deepEqual(showChanges(SHOW, after), [
    { kind: 'status', status: 'postponed' },
    { kind: 'start', startsAt: '2026-12-08T19:00:00Z' },
    { kind: 'message', words: 'Storm warning' },
    {
      kind: 'prices',
      prices: [
        { name: 'Stalls', before: 8900, after: 7900 },
        { name: 'Box', before: undefined, after: 12000 },
      ],
    },
  ]);
});

test('a message that is taken away is no news', () => {
  assert.deepEqual(showChanges({ ...SHOW, message: 'Late' }, SHOW), []);
});
