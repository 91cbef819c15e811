import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';

import { View } from '../../static/js/viewport.js';
import { TILE_PX } from '../../static/js/tile.js';
import { TileLayer } from '../../static/js/tile_layer.js';
import { TilePool } from '../../static/js/tile_pool.js';

const STEPS = 5;
const NEVER = () => false;

/** A canvas that knows nothing but its size. */
globalThis.document = {
  createElement() {
    const nothing = () => {};
    const context = { setTransform: nothing, clearRect: nothing, save: nothing, restore: nothing };
    Object.assign(context, { beginPath: nothing, rect: nothing, clip: nothing });
    return { width: 0, height: 0, getContext: () => context };
  },
};

/** What was painted: `column,row` for a whole tile, with `+` for some of it. */
let painted;
let steps;
beforeEach(() => {
  painted = [];
  steps = 0;
});

function* paint(_context, { column, row }, boxes) {
  for (let step = 0; step < STEPS; step++) {
    steps += 1;
    yield;
  }
  painted.push(`${column},${row}${boxes ? '+' : ''}`);
}

/** A view of *columns* by *rows* whole tiles from the origin on. */
function viewOf(columns, rows) {
  const view = new View();
  view.setSize(columns * TILE_PX - 1, rows * TILE_PX - 1);
  return view;
}

function layerOn(view) {
  const layer = new TileLayer(1, 1, new TilePool());
  layer.lookAt(view);
  return layer;
}

test('what is in view is painted before what is beside it', () => {
  const layer = layerOn(viewOf(2, 1));
  assert.deepEqual(layer.work(paint, NEVER, true), { hasNews: true, isDone: true });
  assert.deepEqual(painted.slice(0, 2), ['0,0', '1,0']);
  assert.equal(painted.length, 4 * 3);
});

test('a frame that is over ends within a tile, and the next goes on with it', () => {
  const layer = layerOn(viewOf(1, 1));
  for (let frame = 1; frame <= STEPS; frame++) {
    assert.deepEqual(
      layer.work(paint, () => true, false),
      { hasNews: false, isDone: false },
    );
    assert.equal(steps, frame);
    assert.ok(!layer.isComplete);
  }
  assert.deepEqual(layer.work(paint, NEVER, false), { hasNews: true, isDone: true });
  assert.deepEqual(painted, ['0,0']);
  assert.ok(layer.isComplete);
});

test('a seat that changes while its tile is painted is painted again', () => {
  const layer = layerOn(viewOf(1, 1));
  layer.work(paint, () => true, false);
  layer.touch(20, 20, 5);
  layer.work(paint, NEVER, false);
  assert.deepEqual(painted, ['0,0', '0,0+']);
});

test('a seat that changes costs its surroundings, and hides nothing', () => {
  const layer = layerOn(viewOf(2, 2));
  layer.work(paint, NEVER, false);
  painted = [];
  layer.touch(TILE_PX, 20, 5);
  assert.ok(layer.isComplete);
  assert.deepEqual(layer.work(paint, NEVER, false), { hasNews: true, isDone: true });
  assert.deepEqual(painted, ['0,0+', '1,0+']);
  assert.deepEqual(layer.work(paint, NEVER, false), { hasNews: false, isDone: true });
});

test('when everything changes the old picture stays until the new one is painted', () => {
  const layer = layerOn(viewOf(2, 1));
  layer.work(paint, NEVER, false);
  layer.touchAll();
  assert.ok(layer.isComplete);
  painted = [];
  layer.work(paint, NEVER, false);
  assert.deepEqual(painted, ['0,0', '1,0']);
});

test('a tile that goes out of sight is not painted to its end', () => {
  const view = viewOf(1, 1);
  const layer = layerOn(view);
  layer.work(paint, () => true, false);
  view.offsetX = -10 * TILE_PX;
  layer.lookAt(view);
  layer.work(paint, NEVER, false);
  assert.deepEqual(painted, ['10,0']);
});

test('tiles are used again, but fine screens keep few of them', () => {
  const pool = new TilePool();
  const tile = pool.take();
  tile.place(1, 1, 0, 0);
  pool.give(tile);
  assert.equal(pool.take(), tile);
  const large = Array.from({ length: 40 }, () => pool.take());
  for (const each of large) each.place(1, 3, 0, 0);
  for (const each of large) pool.give(each);
  const kept = large.filter(({ canvas }) => canvas.width > 0);
  assert.ok(kept.length > 5 && kept.length < 15, `${kept.length} kept`);
});
