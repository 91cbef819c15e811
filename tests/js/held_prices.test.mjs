import assert from 'node:assert/strict';
import { test } from 'node:test';

import { HeldPrices } from '../../static/js/held_prices.js';
import { HoldKeeper } from '../../static/js/hold_keeper.js';
import { settled } from './doubles.mjs';
import { SHOW, begin, form, push } from './holding_parts.mjs';

const nothing = () => undefined;
const now = (prices) => (seat) => prices[seat];

/** Prices of a hold, which keep what they know in *kept*. */
function pricesIn(kept = { prices: [] }) {
  return { prices: new HeldPrices(kept), kept };
}

const told = (prices, seats) => seats.map((seat) => prices.of(seat));

test('CM7 a seat that comes to a hold costs what the total grew by, whatever it costs now', () => {
  const { prices } = pricesIn();
  prices.learn([5], 2_500, now({ 5: 9_900 }));
  prices.learn([5, 6], 6_500, now({ 5: 9_900, 6: 9_900 }));
  assert.deepEqual(told(prices, [5, 6]), [2_500, 4_000]);
  assert.equal(prices.sumOf([5, 6]), 6_500);
});

test('several seats that come at once cost what they cost now, if that makes up the total', () => {
  const { prices } = pricesIn();
  prices.learn([5, 6], 6_000, now({ 5: 2_000, 6: 4_000 }));
  prices.learn([5, 6], 6_000, now({ 5: 7_000, 6: 7_000 }));
  assert.deepEqual(told(prices, [5, 6]), [2_000, 4_000]);
});

test('a price that is not known is not made up', () => {
  const { prices } = pricesIn();
  prices.learn([5, 6], 6_000, now({ 5: 7_000, 6: 7_000 }));
  prices.learn([5, 6, 7], 9_000, nothing);
  assert.deepEqual(told(prices, [5, 6, 7]), [undefined, undefined, undefined]);
  assert.equal(prices.sumOf([5]), null);
  assert.equal(prices.sumOf([]), 0);
});

test('what is known later of prices is taken as long as it makes up the total', () => {
  const { prices } = pricesIn();
  prices.learn([5, 6], 6_000, nothing);
  prices.learn([5, 6], 6_000, now({ 5: 2_000, 6: 4_000 }));
  assert.deepEqual(told(prices, [5, 6]), [2_000, 4_000]);
});

test('prices are kept across a reload, and not believed against the total', () => {
  const { prices, kept } = pricesIn();
  prices.learn([5], 2_500, nothing);
  prices.learn([5, 6], 6_500, nothing);
  const again = pricesIn(kept).prices;
  again.learn([5, 6], 6_500, now({ 5: 9_900, 6: 9_900 }));
  assert.deepEqual(told(again, [5, 6]), [2_500, 4_000]);
  const other = pricesIn(kept).prices;
  other.learn([5, 6], 7_000, nothing);
  assert.deepEqual(told(other, [5, 6]), [undefined, undefined]);
});

test('a seat that was given back costs what it costs when it is held again', () => {
  const { prices } = pricesIn();
  prices.learn([5], 2_500, nothing);
  prices.learn([5, 6], 5_000, nothing);
  prices.drop([5]);
  prices.learn([5, 6], 9_500, nothing);
  assert.deepEqual(told(prices, [5, 6]), [7_000, 2_500]);
});

test('CM7 a hold keeps its prices through a change of prices and a reload', async () => {
  const prices = { 5: 2_500, 6: 2_500 };
  const { holding, connection, store } = begin({ prices });
  holding.add(5);
  await connection.answer('hold', form([5], 17));
  prices[5] = prices[6] = 4_000;
  holding.add(6);
  await connection.answer('hold', form([5, 6], 18, { total: 6_500 }));
  assert.deepEqual([holding.priceOf(5), holding.priceOf(6)], [2_500, 4_000]);

  const held = { ...form([5, 6], 18, { total: 6_500 }), status: 'held' };
  const again = begin({ store, held, prices });
  await settled();
  assert.deepEqual([again.holding.priceOf(5), again.holding.priceOf(6)], [2_500, 4_000]);
  assert.equal(again.holding.total, 6_500);
  const { holdId } = new HoldKeeper(store, SHOW);
  await again.connection.push(push(holdId, 'expired', [5, 6]));
  assert.deepEqual(new HoldKeeper(store, SHOW).prices, []);
});

test('what is left of a hold whose prices are not known is asked for', async () => {
  const { holding, connection, http } = begin();
  holding.add(5);
  holding.add(6);
  const [first] = connection.asked.splice(0, 1);
  await connection.answer('hold', form([5, 6], 18));
  first.resolve({ ok: true, ...form([5], 17) });
  await settled();
  assert.equal(holding.priceOf(6), undefined);
  http.answer = { ...form([6], 19, { total: 4_000 }), status: 'held' };
  holding.remove(5);
  await connection.answer('release', { version: 19 });
  await settled();
  assert.equal(holding.total, 4_000);
  assert.equal(holding.priceOf(6), 4_000);
});
