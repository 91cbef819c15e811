import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';

import { MapScene } from '../../static/js/map_scene.js';
import { paintPins } from '../../static/js/pin_painter.js';
import { SeatPlan } from '../../static/js/plan.js';
import { SeatMark } from '../../static/js/seat_marks.js';
import { pinsOf } from '../../static/js/section_pins.js';
import { View } from '../../static/js/viewport.js';

/** How often each operation of any canvas was called. */
let called;
beforeEach(() => {
  called = {};
});

/** A canvas that only counts what is done with it. */
function canvas() {
  const kept = { canvas: { width: 400, height: 400 }, fillStyle: '' };
  const context = new Proxy(kept, {
    get(_, name) {
      if (name in kept) return kept[name];
      return () => {
        called[name] = (called[name] ?? 0) + 1;
        return name === 'measureText' ? { width: 100 } : {};
      };
    },
  });
  return { width: 0, height: 0, getContext: () => context };
}

globalThis.document = { createElement: canvas };
globalThis.Path2D = class {
  lineTo() {}
  closePath() {}
};

const THEME = {
  ink: '#000000',
  ground: '#ffffff',
  unknown: '#888888',
  held: '#888888',
  booked: '#888888',
  blocked: '#888888',
  own: '#0000ff',
  ownInk: '#ffffff',
  fault: '#ff0000',
  font: 'sans-serif',
};

/** A scene of *zones* halls beside each other, each 40 rows of 40 seats 20 apart, all of them free. */
function begin(zones, scale) {
  const plan = new SeatPlan({
    name: 'Halls',
    categories: [{ name: 'A', color: '#336699' }],
    zones: Array.from({ length: zones }, (_, zone) => ({
      name: `Hall ${zone}`,
      position: { x: zone * 900, y: 0 },
      areas: [],
      rows: Array.from({ length: 40 }, (_, row) => ({
        row_number: String(row),
        position: { x: 0, y: 20 * row },
        seats: Array.from({ length: 40 }, (_, seat) => ({
          seat_guid: `${zone}-${row}-${seat}`,
          seat_number: String(seat),
          position: { x: 20 * seat, y: 0 },
          category: 'A',
        })),
      })),
    })),
  });
  const statuses = new Uint8Array(plan.count);
  const parts = { marks: new Uint8Array(plan.count), chosen: new Uint8Array(plan.count) };
  const context = canvas().getContext();
  const scene = new MapScene({ context, plan, theme: THEME, fades: false, ...parts });
  const view = new View();
  view.setSize(900, 900);
  view.scale = scale;
  const paint = () => {
    called = {};
    while (!scene.work(view, 1, false).isDone);
    scene.draw(view, 1);
    return called;
  };
  const change = (seat) => {
    statuses[seat] = 2;
    scene.showStatuses(statuses, [[seat, 2]]);
  };
  scene.showStatuses(statuses, null);
  return { scene, paint, change, plan, ...parts };
}

test('a seat that changes is painted again with its neighbours, and no other seat is', () => {
  const { paint, change } = begin(1, 1);
  assert.ok(paint().arc >= 1_600);
  change(820);
  const { arc } = paint();
  assert.ok(arc >= 1 && arc <= 9, `${arc} seats were painted`);
  assert.equal(paint().arc, undefined);
});

test('far out a seat that changes has the words of its own section made anew, and no seat is painted', () => {
  const { scene, paint, change } = begin(4, 0.05);
  assert.ok(scene.showsSections);
  // The number of each section, and its name.
  assert.equal(paint().measureText, 8);
  assert.equal(paint().measureText, undefined);
  change(820);
  const again = paint();
  assert.equal(again.measureText, 1);
  assert.equal(again.arc, undefined);
});

test('far out each section with own or chosen seats has one pin, and close up there is none', () => {
  const { scene, paint, marks, chosen } = begin(4, 0.05);
  marks[10] = marks[11] = SeatMark.OWN;
  scene.showMarks();
  assert.equal(paint().arc, 1);
  chosen[3_300] = 1;
  scene.showChosen([3_300], true);
  assert.equal(paint().arc, 2);
  chosen[3_300] = 0;
  marks.fill(SeatMark.NONE);
  scene.showChosen([3_300], false);
  scene.showMarks();
  assert.equal(paint().arc, undefined);

  const near = begin(4, 1);
  near.marks[10] = SeatMark.OWN;
  near.scene.showMarks();
  near.paint();
  assert.ok(!near.scene.showsSections);
  // The seats are painted already, and only the own one is painted on top of them.
  assert.equal(near.paint().arc, undefined);
});

test('a pin stands in the middle of its seats and counts them, the highest first', () => {
  const { plan, scene } = begin(2, 0.05);
  const wanted = new Set([1_600, 40, 42]);
  assert.deepEqual(
    pinsOf(plan, scene.sections, (seat) => wanted.has(seat)),
    [
      { x: 900, y: 0, count: 1 },
      { x: 20, y: 20, count: 2 },
    ],
  );
});

test('a pin at the upper edge of the map hangs down from its point', () => {
  const middles = [];
  const context = { canvas: {}, arc: (x, y) => middles.push(y) };
  for (const name of ['beginPath', 'lineTo', 'closePath', 'fill', 'stroke', 'fillRect']) {
    context[name] = () => {};
  }
  const view = { scale: 1, offsetX: 0, offsetY: 0 };
  const pins = [5, 300].map((y) => ({ x: 100, y, count: 1 }));
  paintPins(context, pins, view, THEME);
  assert.ok(middles[0] > 5);
  assert.ok(middles[1] < 300);
});
