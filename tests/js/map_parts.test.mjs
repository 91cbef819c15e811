import assert from 'node:assert/strict';
import { test } from 'node:test';

import { hasSectionView, sectionsAlpha, showsSeats } from '../../static/js/detail.js';
import { drawable } from '../../static/js/drawable_plan.js';
import { placeBetween } from '../../static/js/flight.js';
import { nearestTo, neighbourOf } from '../../static/js/neighbours.js';
import { areaOf, chordOf, depthIn, outlineOf } from '../../static/js/outline.js';
import { SeatPlan } from '../../static/js/plan.js';
import { SeatSelection } from '../../static/js/seat_selection.js';
import { SectionCounts } from '../../static/js/section_counts.js';
import { sectionAt, sectionsOf } from '../../static/js/sections.js';

/** Two zones beside each other, each of two rows with three seats 30 apart. */
function twoZones() {
  const row = (zone, number) => ({
    row_number: number,
    position: { x: 0, y: 30 * Number(number) },
    seats: [0, 1, 2].map((seat) => ({
      seat_guid: `${zone}${number}-${seat}`,
      seat_number: String(seat),
      position: { x: 30 * seat, y: 0 },
      category: seat === 0 ? 'A' : 'B',
    })),
  });
  const zone = (name, x) => ({
    name,
    position: { x, y: 0 },
    rows: [row(`at ${x}: `, '0'), row(`at ${x}: `, '1')],
    areas: [],
  });
  return {
    name: 'Two zones',
    categories: [{ name: 'A' }, { name: 'B' }],
    zones: [zone('Same name', 0), { name: 'Stage', rows: [], areas: [] }, zone('Same name', 300)],
  };
}

function near(one, other) {
  assert.ok(Math.abs(one - other) < 1e-6, `${one} is not ${other}`);
}

test('a flight begins and ends where it should, and keeps one point still', () => {
  const from = { scale: 1, offsetX: 0, offsetY: 0 };
  const to = { scale: 4, offsetX: -300, offsetY: -90 };
  assert.deepEqual(placeBetween(from, to, 1), to);
  near(placeBetween(from, to, 0).offsetX, 0);
  // Plan point (100, 30) is at the same place of the screen at both ends.
  for (const share of [0.1, 0.4, 0.9]) {
    const { scale, offsetX, offsetY } = placeBetween(from, to, share);
    near(100 * scale + offsetX, 100);
    near(30 * scale + offsetY, 30);
  }
});

test('a flight between views of one scale slides', () => {
  const from = { scale: 2, offsetX: 0, offsetY: 10 };
  const halfway = placeBetween(from, { scale: 2, offsetX: 100, offsetY: 10 }, 0.5);
  assert.equal(halfway.scale, 2);
  assert.ok(halfway.offsetX > 50 && halfway.offsetX < 100);
  assert.equal(halfway.offsetY, 10);
});

test('arrow keys go along the row first, and to the nearest seat of the next row', () => {
  const plan = new SeatPlan(twoZones());
  assert.equal(neighbourOf(plan, 0, 'right'), 1);
  assert.equal(neighbourOf(plan, 1, 'left'), 0);
  assert.equal(neighbourOf(plan, 1, 'down'), 4);
  assert.equal(neighbourOf(plan, 4, 'up'), 1);
});

test('arrow keys cross the gap between blocks and stop at the edge', () => {
  const plan = new SeatPlan(twoZones());
  assert.equal(neighbourOf(plan, 2, 'right'), 6);
  assert.equal(neighbourOf(plan, 0, 'left'), -1);
  assert.equal(neighbourOf(plan, 0, 'up'), -1);
});

test('the seat nearest to a point', () => {
  const plan = new SeatPlan(twoZones());
  assert.equal(nearestTo(plan, 33, 2), 1);
  assert.equal(nearestTo({ count: 0, x: [], y: [] }, 0, 0), -1);
});

test('an outline keeps the curve of its rows', () => {
  const arc = (radius) =>
    Array.from({ length: 21 }, (_, step) => {
      const angle = (Math.PI * step) / 20;
      return { x: radius * Math.cos(angle), y: radius * Math.sin(angle) };
    });
  const outline = outlineOf([arc(100), arc(130), arc(160)], 10);
  assert.ok(depthIn(outline, { x: 0, y: 130 }) > 30);
  assert.ok(depthIn(outline, { x: 0, y: 60 }) < 0, 'the hollow is outside');
  assert.ok(depthIn(outline, { x: 0, y: 169 }) > 0, 'the margin is inside');
});

test('rows in no order, single rows and single seats have an outline, too', () => {
  const square = [
    [
      { x: 0, y: 0 },
      { x: 10, y: 0 },
    ],
    [
      { x: 0, y: 20 },
      { x: 10, y: 20 },
    ],
  ];
  const zigzag = [
    square[1],
    square[0],
    [
      { x: 0, y: 40 },
      { x: 10, y: 40 },
    ],
  ];
  for (const rows of [square, zigzag, [square[0]], [[{ x: 5, y: 5 }]]]) {
    const outline = outlineOf(rows, 4);
    assert.ok(Math.abs(areaOf(outline)) > 16);
    for (const seat of rows.flat()) assert.ok(depthIn(outline, seat) > 0);
  }
});

test('sections are zones with seats, whatever their names', () => {
  const plan = new SeatPlan(twoZones());
  const { sections, sectionOf } = sectionsOf(plan);
  assert.deepEqual(
    sections.map(({ name, first, end }) => [name, first, end]),
    [
      ['Same name', 0, 6],
      ['Same name', 6, 12],
    ],
  );
  assert.deepEqual([...sectionOf], [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1]);
  for (const { room } of sections) assert.ok(room > 15);
});

test('a point between sections means the nearest within reach', () => {
  const { sections } = sectionsOf(new SeatPlan(twoZones()));
  assert.equal(sectionAt(sections, { x: 30, y: 15 }, 0), 0);
  assert.equal(sectionAt(sections, { x: 330, y: 15 }, 0), 1);
  assert.equal(sectionAt(sections, { x: 180, y: 15 }, 20), -1);
  assert.equal(sectionAt(sections, { x: sections[0].box.right + 5, y: 15 }, 20), 0);
});

test('section counts follow every change, and only what changed is counted anew', () => {
  const plan = new SeatPlan(twoZones());
  const { sections, sectionOf } = sectionsOf(plan);
  const counts = new SectionCounts(plan, sections.length, sectionOf);
  assert.ok(!counts.isKnown);
  const statuses = new Uint8Array(plan.count);
  counts.count(statuses, null);
  assert.deepEqual([counts.freeIn(0), counts.freeIn(1)], [6, 6]);
  assert.deepEqual([counts.freeOf(0, 0), counts.freeOf(0, 1)], [2, 4]);
  const [first, second] = [counts.versionOf(0), counts.versionOf(1)];
  statuses[7] = 2;
  counts.count(statuses, [[7, 2]]);
  // The same change again, as in a merged delta, counts once.
  counts.count(statuses, [[7, 2]]);
  assert.deepEqual([counts.freeIn(0), counts.freeIn(1)], [6, 5]);
  assert.equal(counts.freeOf(1, 1), 3);
  assert.equal(counts.versionOf(0), first);
  assert.notEqual(counts.versionOf(1), second);
  statuses[7] = 0;
  counts.count(statuses, [[7, 0]]);
  assert.equal(counts.freeIn(1), 6);
  counts.count(new Uint8Array(0), null);
  assert.ok(!counts.isKnown);
});

test('sections hide the seats of large halls from afar, and go before seats can be chosen', () => {
  assert.ok(hasSectionView(39_417, 51));
  assert.ok(!hasSectionView(1_057, 2));
  assert.ok(!hasSectionView(50_000, 1));
  assert.equal(sectionsAlpha(1), 1);
  assert.equal(sectionsAlpha(5), 0);
  assert.ok(sectionsAlpha(2.4) > 0 && sectionsAlpha(2.4) < 1);
  // Where sections begin to fade there are seats under them.
  for (let radiusPx = 0.5; radiusPx < 5; radiusPx += 0.1) {
    if (sectionsAlpha(radiusPx) < 1) assert.ok(showsSeats(radiusPx));
  }
});

test('a click selects a seat or its row, and again gives it up', () => {
  const plan = new SeatPlan(twoZones());
  const selection = new SeatSelection();
  const changes = [];
  selection.addEventListener('change', ({ detail }) => changes.push(detail));
  selection.click(plan, 1);
  assert.equal(changes.length, 0, 'nothing is selected before a mode is');
  selection.mode = 'click';
  selection.click(plan, 1);
  selection.mode = 'row';
  selection.click(plan, 2);
  assert.deepEqual([...selection.seats].sort(), [0, 1, 2]);
  assert.deepEqual(changes[1].added, [0, 2]);
  selection.click(plan, 0);
  assert.equal(selection.seats.size, 0);
  assert.deepEqual(changes[2].removed, [0, 1, 2]);
});

test('a rectangle selects the seats in it, and can give them up', () => {
  const plan = new SeatPlan(twoZones());
  const selection = new SeatSelection();
  selection.mode = 'rectangle';
  selection.drag(plan, { left: 20, top: -5, right: 310, bottom: 5 }, 'add');
  assert.deepEqual([...selection.seats], [1, 2, 6]);
  selection.drag(plan, { left: 20, top: -5, right: 40, bottom: 5 }, 'remove');
  assert.deepEqual([...selection.seats], [2, 6]);
  selection.replace([6, 7]);
  assert.deepEqual([...selection.seats], [6, 7]);
});

test('a plan with faults can be drawn, and each fault is named at its place', () => {
  const source = twoZones();
  const { seats } = source.zones[2].rows[1];
  seats[0].category = 'Nowhere';
  seats[1].seat_guid = seats[2].seat_guid;
  const { plan, faults } = drawable(source);
  assert.equal(new SeatPlan(plan).count, 12);
  assert.deepEqual(faults, [
    { x: 300, y: 30, text: 'category Nowhere' },
    { x: 360, y: 30, text: `seat_guid ${seats[2].seat_guid} ×2` },
  ]);
});

test('anything at all can be drawn', () => {
  for (const source of [null, 7, [], {}, { zones: [null, { rows: 3 }, { rows: [{}] }] }]) {
    assert.equal(new SeatPlan(drawable(source).plan).count, 0);
  }
});

test('words of a wedge stand where it is wide', () => {
  const rows = [];
  for (let index = 0; index < 20; index++) {
    const width = 40 + index * index * 2;
    const seats = Array.from({ length: 12 }, (_, seat) => ({
      seat_guid: `${index}-${seat}`,
      seat_number: String(seat),
      position: { x: (seat * width) / 11 - width / 2, y: 0 },
      category: 'A',
    }));
    rows.push({ row_number: String(index), position: { x: 0, y: 30 * index }, seats });
  }
  const zone = { name: 'Wedge', position: { x: 0, y: 0 }, rows, areas: [] };
  const plan = new SeatPlan({ name: 'W', categories: [{ name: 'A' }], zones: [zone] });
  const [{ middle, room, span, outline }] = sectionsOf(plan).sections;
  assert.ok(middle.y > 350, `at ${middle.y}`);
  assert.ok(room > 100);
  assert.ok(depthIn(outline, middle) > 0);
  for (const y of [middle.y - room * 0.5, middle.y, middle.y + room * 0.5]) {
    for (const x of [span.left, span.right]) assert.ok(depthIn(outline, { x, y }) >= -1e-6);
  }
});

test('a line through a polygon ends where it leaves it first', () => {
  const comb = [
    [0, 0],
    [90, 0],
    [90, 30],
    [60, 30],
    [60, 10],
    [30, 10],
    [30, 30],
    [0, 30],
  ].map(([x, y]) => ({ x, y }));
  assert.deepEqual(chordOf(comb, { x: 20, y: 5 }), { left: 0, right: 90 });
  assert.deepEqual(chordOf(comb, { x: 20, y: 20 }), { left: 0, right: 30 });
  assert.deepEqual(chordOf(comb, { x: 70, y: 20 }), { left: 60, right: 90 });
});
