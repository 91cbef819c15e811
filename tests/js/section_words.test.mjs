import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';

import { depthIn } from '../../static/js/outline.js';
import { SeatPlan } from '../../static/js/plan.js';
import { SectionCounts } from '../../static/js/section_counts.js';
import { numberLineOf } from '../../static/js/section_line.js';
import { SectionPainter } from '../../static/js/section_painter.js';
import { sectionsOf } from '../../static/js/sections.js';

globalThis.Path2D = class {
  lineTo() {}
  closePath() {}
};

/** What was written: words, size in pixels, angle in degrees. */
let written;
beforeEach(() => {
  written = [];
});

/** A canvas on which all letters are 0.6 of their size wide. */
function context() {
  const nothing = () => {};
  let angle = 0;
  const sizeOf = (font) => Number(/([\d.]+)px/.exec(font)[1]);
  const canvas = {
    font: '',
    fillStyle: '#000000',
    getTransform: () => angle,
    setTransform: (to) => (angle = typeof to === 'number' ? to : 0),
    translate: nothing,
    rotate: (by) => (angle += (by * 180) / Math.PI),
    fill: nothing,
    fillRect: nothing,
    measureText: (words) => ({ width: words.length * 0.6 * sizeOf(canvas.font) }),
    fillText: (words) => written.push([words, sizeOf(canvas.font), Math.round(angle)]),
  };
  return canvas;
}

/** A plan of one section of *rows* times *seats*, 10 apart. */
function block(rows, seats) {
  const seatsOf = (row) =>
    Array.from({ length: seats }, (_, seat) => ({
      seat_guid: `${row}-${seat}`,
      seat_number: String(seat),
      position: { x: 10 * seat, y: 0 },
      category: 'A',
    }));
  const zone = {
    name: 'A section of a long name',
    position: { x: 0, y: 0 },
    rows: Array.from({ length: rows }, (_, row) => ({
      row_number: String(row),
      position: { x: 0, y: 10 * row },
      seats: seatsOf(row),
    })),
    areas: [],
  };
  return new SeatPlan({ name: 'P', categories: [{ name: 'A', color: '#336699' }], zones: [zone] });
}

/** Write the words of a plan whose seats are all free, at a scale. */
function paintAt(plan, scale) {
  const { sections, sectionOf } = sectionsOf(plan);
  const counts = new SectionCounts(plan, sections.length, sectionOf);
  counts.count(new Uint8Array(plan.count), null);
  const theme = { ground: '#ffffff', ink: '#000000', unknown: '#888888', font: 'sans-serif' };
  const painter = new SectionPainter(plan, sections, counts, theme);
  const view = { scale, offsetX: 0, offsetY: 0, width: 390, height: 500 };
  painter.paint(context(), view, 2, 1, -1);
  return written.splice(0);
}

/** Say whether the line is inside the outline with all its corners. */
function isInside(outline, { middle, width, height, angle }) {
  const corners = [-1, 1].flatMap((side) => [-1, 1].map((end) => [side * width, end * height]));
  return corners.every(([across, down]) => {
    const x = middle.x + 0.499 * (across * Math.cos(angle) - down * Math.sin(angle));
    const y = middle.y + 0.499 * (across * Math.sin(angle) + down * Math.cos(angle));
    return depthIn(outline, { x, y }) > 0;
  });
}

test('a number has most room along a narrow section, and level in a wide one', () => {
  const points = (...at) => at.map(([x, y]) => ({ x, y }));
  const upright = points([0, 0], [20, 0], [20, 200], [0, 200]);
  const slanted = points([0, 0], [20, -10], [120, 190], [100, 200]);
  const wide = points([0, 0], [200, 0], [200, 60], [0, 60]);
  const hook = points([0, 0], [200, 0], [200, 100], [180, 100], [180, 20], [0, 20]);
  for (const outline of [upright, slanted, wide, hook]) {
    const line = numberLineOf(outline);
    assert.ok(isInside(outline, line));
    assert.ok(line.width >= 3 * line.height * 0.999);
  }
  const degrees = (outline) => Math.round((numberLineOf(outline).angle * 180) / Math.PI);
  assert.equal(Math.abs(degrees(upright)), 90);
  assert.equal(degrees(slanted), 63);
  assert.equal(degrees(wide), 0);
  assert.ok(numberLineOf(upright).height > 18);
});

test('a section too narrow for a level number has it turned, and one too small has none', () => {
  const narrow = block(60, 5);
  const [[words, size, angle]] = paintAt(narrow, 0.2);
  assert.deepEqual([words, Math.abs(angle)], ['300', 90]);
  assert.ok(size >= 8);
  assert.deepEqual(paintAt(narrow, 0.05), []);
});

test('a section with room has its number and then its name level', () => {
  const wide = block(40, 60);
  assert.deepEqual(paintAt(wide, 0.15), [['2,400', 22, 0]]);
  const [number, name] = paintAt(wide, 0.5);
  assert.deepEqual([number[0], number[2]], ['2,400', 0]);
  assert.deepEqual([name[0], name[2]], ['A section of a long name', 0]);
});
