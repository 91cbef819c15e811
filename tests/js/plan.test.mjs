import assert from 'node:assert/strict';
import { test } from 'node:test';

import { colorsOf } from '../../static/js/category_colors.js';
import { PlanError, SeatPlan } from '../../static/js/plan.js';

function seat(guid, x, y, more = {}) {
  return {
    seat_guid: guid,
    seat_number: guid.slice(1),
    position: { x, y },
    category: 'A',
    ...more,
  };
}

const DOCUMENT = {
  name: 'Small house',
  size: { width: 500, height: 400 },
  categories: [{ name: 'A', color: '#112233' }, { name: 'B' }],
  zones: [
    {
      name: 'Stalls',
      position: { x: 100, y: 50 },
      rows: [
        {
          row_number: '1',
          position: { x: 10, y: 0 },
          seats: [seat('a1', 0, 0), seat('a2', 30, 0, { category: 'B', radius: 12 })],
        },
        { row_number: '2', seats: [seat('b1', 0, 40)] },
      ],
      areas: [],
    },
    {
      name: '',
      position: { x: 0, y: 300 },
      rows: [
        {
          row_number: 'C',
          row_label: 'Box %s',
          seat_label: 'Chair %s',
          row_number_position: 'both',
          position: { x: 0, y: 0 },
          seats: [seat('c1', 0, 0)],
        },
      ],
      areas: [
        {
          shape: 'rectangle',
          color: 'transparent',
          rotation: 90,
          position: { x: 200, y: 0 },
          rectangle: { width: 100, height: 20 },
          text: { text: 'BAR', position: { x: 50, y: 10 } },
        },
      ],
    },
  ],
};

test('the index of a seat is its place: zones, rows, seats in order', () => {
  const plan = new SeatPlan(DOCUMENT);
  assert.equal(plan.count, 4);
  assert.deepEqual(plan.labels, ['a1', 'a2', 'b1', 'c1']);
  assert.deepEqual([...plan.row], [0, 0, 1, 2]);
  assert.deepEqual(
    plan.rows.map(({ first, end }) => [first, end]),
    [
      [0, 2],
      [2, 3],
      [3, 4],
    ],
  );
});

test('positions nest: zone + row + seat, and a row need not have one', () => {
  const plan = new SeatPlan(DOCUMENT);
  assert.deepEqual([...plan.x], [110, 140, 100, 0]);
  assert.deepEqual([...plan.y], [50, 50, 90, 300]);
});

test('category, radius and colour have defaults', () => {
  const plan = new SeatPlan(DOCUMENT);
  assert.deepEqual([...plan.category], [0, 1, 0, 0]);
  assert.deepEqual([...plan.radius], [10, 12, 10, 10]);
  assert.equal(plan.categories[0].color, '#112233');
  assert.match(plan.categories[1].color, /^#/);
});

test('seats that would cover each other are drawn smaller, all of a row alike', () => {
  const row = { row_number: '1', seats: [seat('a1', 0, 0), seat('a2', 12, 0), seat('a3', 40, 0)] };
  const zones = [{ position: { x: 0, y: 0 }, rows: [row] }];
  const plan = new SeatPlan({ ...DOCUMENT, zones });
  assert.deepEqual([...plan.radius], [6, 6, 6]);
});

test('two seats in one place stay visible', () => {
  const row = { row_number: '1', seats: [seat('a1', 0, 0), seat('a2', 0, 0)] };
  const plan = new SeatPlan({ ...DOCUMENT, zones: [{ position: { x: 0, y: 0 }, rows: [row] }] });
  assert.ok(plan.radius.every((radius) => radius >= 4));
});

test('a seat is named as people read it', () => {
  const plan = new SeatPlan(DOCUMENT);
  assert.equal(plan.nameOf(0), 'Stalls, Row 1, Seat 1');
  assert.equal(plan.nameOf(3), 'Box C, Chair 1');
  assert.equal(plan.zoneOf(1), 'Stalls');
  assert.equal(plan.shortNameOf(1), 'Row 1, Seat 2');
});

test('a seat without any name goes by its label', () => {
  const row = { row_number: '', seats: [seat('a1', 0, 0, { seat_number: '' })] };
  const plan = new SeatPlan({ ...DOCUMENT, zones: [{ position: { x: 0, y: 0 }, rows: [row] }] });
  assert.equal(plan.nameOf(0), 'a1');
});

test('bounds hold every seat with its radius and every area after its rotation', () => {
  const { bounds } = new SeatPlan(DOCUMENT);
  // A rectangle at (200, 300), turned by 90° clockwise, reaches 100 down and 20 to the left.
  const rounded = Object.entries(bounds).map(([side, at]) => [side, Math.round(at)]);
  assert.deepEqual(Object.fromEntries(rounded), { left: -10, top: 38, right: 200, bottom: 400 });
});

test('a plan without seats and areas has the bounds of its size', () => {
  const plan = new SeatPlan({ ...DOCUMENT, zones: [] });
  assert.deepEqual(plan.bounds, { left: 0, top: 0, right: 500, bottom: 400 });
  assert.ok(plan.typicalRadius > 0);
});

test('areas of all shapes know what they cover', () => {
  const areas = [
    { shape: 'circle', position: { x: 0, y: 0 }, circle: { radius: 5 } },
    { shape: 'ellipse', position: { x: 0, y: 0 }, ellipse: { radius: { x: 5, y: 2 } } },
    {
      shape: 'polygon',
      position: { x: 10, y: 10 },
      polygon: {
        points: [
          { x: 0, y: 0 },
          { x: 4, y: 0 },
          { x: 0, y: -4 },
        ],
      },
    },
    {
      shape: 'text',
      position: { x: 0, y: 0 },
      text: { text: 'ab', size: 10, position: { x: 0, y: 0 } },
    },
    { circle: { radius: 1 } },
  ];
  const zones = [{ position: { x: 0, y: 0 }, rows: [], areas }];
  const boxes = new SeatPlan({ ...DOCUMENT, zones }).areas.map(({ box }) => box);
  assert.deepEqual(boxes[0], { left: -5, top: -5, right: 5, bottom: 5 });
  assert.deepEqual(boxes[1], { left: -5, top: -2, right: 5, bottom: 2 });
  assert.deepEqual(boxes[2], { left: 10, top: 6, right: 14, bottom: 10 });
  assert.deepEqual(boxes[3], { left: -6, top: -5, right: 6, bottom: 5 });
  assert.deepEqual(boxes[4], { left: -1, top: -1, right: 1, bottom: 1 });
});

test('transparent is no colour, text has a size', () => {
  const [area] = new SeatPlan(DOCUMENT).areas;
  assert.equal(area.color, '');
  assert.equal(area.text.words, 'BAR');
  assert.equal(area.text.size, 16);
});

test('a category that is not declared cannot be drawn', () => {
  const row = { row_number: '1', seats: [seat('a1', 0, 0, { category: 'Z' })] };
  const zones = [{ position: { x: 0, y: 0 }, rows: [row] }];
  assert.throws(() => new SeatPlan({ ...DOCUMENT, zones }), PlanError);
});

test('categories that the plan gives one colour are told apart by its shades', () => {
  const colors = (...given) => colorsOf(given.map((color) => ({ color })));
  assert.deepEqual(colors('#7f4a91', '#d36060', '#5f9cd4'), ['#7f4a91', '#d36060', '#5f9cd4']);
  const [dark, light, lighter, darker, still] = colors(
    '#7f4a91', '#d36060', '#7F4A91', '#d36060', '#7f4a91',
  );
  assert.deepEqual([dark, light], ['#7f4a91', '#d36060']);
  assert.deepEqual([lighter, darker], ['#ac89b8', '#893e3e']);
  assert.equal(new Set([dark, lighter, still]).size, 3);
  assert.deepEqual(colors('red', 'red', undefined), ['red', 'red', '#888888']);
});

test('seats whose guid comes again in another zone are told apart as the server does', () => {
  const twice = structuredClone(DOCUMENT);
  twice.zones[1].rows[0].seats[0].seat_guid = 'a1';
  assert.deepEqual(new SeatPlan(twice).labels, ['Stalls/a1', 'a2', 'b1', '/a1']);
  assert.deepEqual(new SeatPlan(DOCUMENT).labels, ['a1', 'a2', 'b1', 'c1']);
});
