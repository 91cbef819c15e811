import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Traveller } from '../../static/js/traveller.js';
import { Viewport } from '../../static/js/viewport.js';

globalThis.window = globalThis;

function travel(matches) {
  const viewport = new Viewport({ left: 0, top: 0, right: 1000, bottom: 500 }, 10);
  viewport.resize(800, 600);
  const seen = [];
  const traveller = new Traveller(viewport, { matches }, () => seen.push(viewport.scale));
  return { viewport, traveller, seen };
}

test('a flight takes some frames and ends at its place', () => {
  const { viewport, traveller } = travel(false);
  const from = viewport.scale;
  traveller.goTo(viewport.placeAround(500, 250, 2));
  for (const atMs of [1_000, 1_016]) traveller.step(atMs);
  assert.ok(viewport.scale > from && viewport.scale < 2);
  assert.ok(traveller.isZooming);
  traveller.step(2_000);
  assert.equal(viewport.scale, 2);
  assert.ok(!traveller.isZooming);
});

test('without motion one is there at once', () => {
  const { viewport, traveller } = travel(true);
  traveller.goTo(viewport.placeAround(500, 250, 2));
  assert.equal(viewport.scale, 2);
  assert.ok(!traveller.isZooming);
});

test('whoever moves the view ends the flight', () => {
  const { viewport, traveller } = travel(false);
  traveller.goTo(viewport.placeAround(500, 250, 2));
  traveller.step(1_000);
  traveller.moved();
  const { scale } = viewport;
  traveller.step(2_000);
  assert.equal(viewport.scale, scale);
});

test('a zoom comes to rest, and says so; not after the end', (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const { traveller, seen } = travel(false);
  traveller.zoomed();
  assert.ok(traveller.isZooming);
  context.mock.timers.tick(1_000);
  assert.ok(!traveller.isZooming);
  assert.equal(seen.length, 2);
  traveller.zoomed();
  traveller.end();
  context.mock.timers.tick(1_000);
  assert.equal(seen.length, 3);
});
