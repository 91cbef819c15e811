import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Viewport } from '../../static/js/viewport.js';

const BOUNDS = { left: 100, top: 0, right: 1100, bottom: 500 };

function fitted(width = 832, height = 632) {
  const viewport = new Viewport(BOUNDS, 10);
  viewport.resize(width, height);
  return viewport;
}

function near(actual, expected) {
  assert.ok(Math.abs(actual - expected) < 1e-6, `${actual} is not ${expected}`);
}

test('the first size fits the whole plan, centred', () => {
  const viewport = fitted();
  near(viewport.scale, 0.8);
  const centre = viewport.toScreen(600, 250);
  near(centre.x, 416);
  near(centre.y, 316);
  const { left, top, right, bottom } = viewport.visibleBox();
  assert.ok(left <= 100 && top <= 0 && right >= 1100 && bottom >= 500);
});

test('screen and plan are each other’s inverse', () => {
  const viewport = fitted();
  viewport.zoomAt(3, 200, 100);
  viewport.panBy(-31, 17);
  const at = viewport.toPlan(123, 45);
  const back = viewport.toScreen(at.x, at.y);
  near(back.x, 123);
  near(back.y, 45);
});

test('zooming keeps the plan still under the pointer', () => {
  const viewport = fitted();
  const before = viewport.toPlan(300, 300);
  viewport.zoomAt(2, 300, 300);
  const after = viewport.toPlan(300, 300);
  near(after.x, before.x);
  near(after.y, before.y);
  near(viewport.scale, 1.6);
});

test('one cannot zoom out of sight or in for ever', () => {
  const viewport = fitted();
  viewport.zoomAt(1e-9, 0, 0);
  near(viewport.scale, 0.8 * 0.8);
  viewport.zoomAt(1e9, 0, 0);
  near(viewport.scale, 3.2);
});

test('one cannot pan the plan away', () => {
  const viewport = fitted();
  viewport.panBy(1e6, -1e6);
  const centre = viewport.toPlan(416, 316);
  near(centre.x, 100);
  near(centre.y, 500);
});

test('a fitted plan stays fitted when the screen changes', () => {
  const viewport = fitted();
  assert.ok(viewport.isFitted);
  viewport.resize(432, 632);
  near(viewport.scale, 0.4);
});

test('a zoomed plan keeps its scale and its centre when the screen changes', () => {
  const viewport = fitted();
  viewport.zoomAt(2, 100, 100);
  const before = viewport.toPlan(416, 316);
  viewport.resize(600, 400);
  const after = viewport.toPlan(300, 200);
  near(viewport.scale, 1.6);
  near(after.x, before.x);
  near(after.y, before.y);
});

test('a plan of one seat is not blown up to the whole screen', () => {
  const viewport = new Viewport({ left: -10, top: -10, right: 10, bottom: 10 }, 10);
  viewport.resize(1000, 1000);
  near(viewport.scale, 3.2);
});
