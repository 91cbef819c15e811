import assert from 'node:assert/strict';
import { test } from 'node:test';

import { FasterOffers, offersFor } from '../../static/js/faster_offers.js';
import { nearestFree } from '../../static/js/nearest_free.js';
import { SeatPlan } from '../../static/js/plan.js';
import { SeatStatus } from '../../static/js/protocol.js';

const { AVAILABLE: FREE, HELD } = SeatStatus;

/** Rows 100 apart; `places` are the seats' x. The first row's seats are 0, 1, 2, … */
function planOf(...rows) {
  return new SeatPlan({
    name: 'Small',
    categories: [{ name: 'near' }, { name: 'far' }],
    zones: [
      {
        name: '',
        rows: rows.map(({ places, category = 'near' }, row) => ({
          row_number: `${row + 1}`,
          position: { x: 0, y: row * 100 },
          seats: places.map((x, index) => ({
            seat_guid: `${row}-${index}`,
            seat_number: `${index + 1}`,
            category,
            position: { x, y: 0 },
          })),
        })),
      },
    ],
  });
}

const TEN = [0, 30, 60, 90, 120, 150, 180, 210, 240, 270];
const nobodys = () => false;
const allFree = (plan) => new Uint8Array(plan.count).fill(FREE);

test('the nearest free seats come first, and no lost one', () => {
  const plan = planOf({ places: TEN });
  assert.deepEqual(nearestFree(plan, allFree(plan), [4], nobodys), [[3], [5], [2]]);
});

test('held seats and one’s own are not offered', () => {
  const plan = planOf({ places: TEN });
  const statuses = allFree(plan);
  statuses[3] = HELD;
  assert.deepEqual(
    nearestFree(plan, statuses, [4], (seat) => seat === 5),
    [[2], [6], [1]],
  );
});

test('the same category comes before a seat that is closer', () => {
  const plan = planOf({ places: [0] }, { places: [0], category: 'far' }, { places: [0] });
  assert.deepEqual(nearestFree(plan, allFree(plan), [0], nobodys), [[2], [1]]);
});

test('several seats are offered together, without overlap', () => {
  const plan = planOf({ places: TEN }, { places: TEN });
  const statuses = allFree(plan);
  statuses.fill(HELD, 0, 10);
  const offers = nearestFree(plan, statuses, [4, 5], nobodys);
  assert.deepEqual(offers, [
    [14, 15],
    [12, 13],
    [16, 17],
  ]);
});

test('seats with an aisle between them are not together', () => {
  const plan = planOf({ places: [0, 30, 200, 230, 260] });
  assert.deepEqual(nearestFree(plan, allFree(plan), [0, 4], nobodys), [[2, 3]]);
});

test('where none are together the nearest single ones make one offer', () => {
  const plan = planOf({ places: TEN });
  const statuses = allFree(plan).fill(HELD);
  statuses[1] = statuses[4] = statuses[9] = FREE;
  assert.deepEqual(nearestFree(plan, statuses, [2, 3], nobodys), [[1, 4]]);
  assert.deepEqual(nearestFree(plan, statuses, [2, 3, 5, 6], nobodys), []);
});

test('before any status is known nothing is offered', () => {
  const plan = planOf({ places: TEN });
  assert.deepEqual(nearestFree(plan, new Uint8Array(0), [4], nobodys), []);
});

test('seats lost in quick succession are replaced together, later ones are not', () => {
  const offers = new FasterOffers();
  assert.deepEqual(offers.lose([7], 1_000), [7]);
  assert.deepEqual(offers.lose([6], 3_000), [6, 7]);
  assert.deepEqual(offers.lose([2], 60_000), [2]);
  offers.forget();
  assert.deepEqual(offers.lose([3], 60_500), [3]);
});

test('no more seats are offered than may be held', () => {
  const plan = planOf({ places: TEN });
  const session = {
    plan,
    show: { seats_per_hold_max: 3 },
    sync: { statuses: allFree(plan) },
    holding: { seats: new Set([8]), changing: new Map([[9, 'adding']]) },
  };
  for (const offer of offersFor(session, [0, 1])) assert.equal(offer.length, 1);
  session.holding.seats.add(7);
  assert.deepEqual(offersFor(session, [0, 1]), []);
});

test('the best offers are found without looking at every row', () => {
  const rows = Array.from({ length: 40 }, () => ({ places: TEN }));
  const plan = planOf(...rows);
  const statuses = allFree(plan);
  for (let seat = 0; seat < plan.count; seat += 3) statuses[seat] = HELD;
  const lost = [195, 196];
  const distance = ([one, other]) =>
    Math.hypot(
      (plan.x[one] + plan.x[other] - plan.x[195] - plan.x[196]) / 2,
      (plan.y[one] + plan.y[other] - plan.y[195] - plan.y[196]) / 2,
    );
  const pairs = [...plan.numbers.keys()]
    .filter((seat) => plan.row[seat] === plan.row[seat + 1])
    .map((seat) => [seat, seat + 1])
    .filter((pair) => pair.every((seat) => statuses[seat] === FREE && !lost.includes(seat)));
  const shortest = pairs.map(distance).sort((one, other) => one - other);
  const offers = nearestFree(plan, statuses, lost, nobodys);
  assert.deepEqual(offers.map(distance), shortest.slice(0, 3));
});
