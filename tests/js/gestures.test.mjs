import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';

import { Gestures } from '../../static/js/gestures.js';

/** What was asked for, in order; `tap` answers with `meaning`. */
let done;
let meaning;
let hasBand;
let element;

beforeEach(() => {
  done = [];
  meaning = 'nothing';
  hasBand = false;
  element = new EventTarget();
  element.setPointerCapture = () => {};
  element.getBoundingClientRect = () => ({ left: 10, top: 20 });
  const note =
    (name) =>
    (...how) =>
      void done.push([name, ...how]);
  const actions = Object.fromEntries(
    ['pan', 'zoom', 'doubleTap', 'band', 'endBand', 'hover', 'leave'].map((name) => [
      name,
      note(name),
    ]),
  );
  actions.hasBand = () => hasBand;
  actions.tap = (...how) => (done.push(['tap', ...how]), meaning);
  new Gestures(element, actions, new AbortController().signal);
});

/** Dispatch an event at (x, y) of the element. */
function send(type, x, y, traits = {}) {
  const event = new Event(type, { cancelable: true });
  const all = { pointerId: 1, pointerType: 'touch', button: 0, ...traits };
  Object.assign(event, all, { clientX: x + 10, clientY: y + 20 });
  if (traits.atMs !== undefined) Object.defineProperty(event, 'timeStamp', { value: traits.atMs });
  element.dispatchEvent(event);
  return event;
}

function tap(x, y, atMs) {
  send('pointerdown', x, y, { atMs });
  send('pointerup', x, y, { atMs });
}

const named = (name) => done.filter(([what]) => what === name);

test('a finger that hardly moves taps, one that moves pans', () => {
  send('pointerdown', 50, 50);
  send('pointermove', 53, 50);
  send('pointerup', 53, 50);
  assert.deepEqual(done, [['tap', 53, 50, true]]);
  done = [];
  send('pointerdown', 50, 50);
  send('pointermove', 60, 45);
  send('pointerup', 60, 45);
  assert.deepEqual(done, [['leave'], ['pan', 10, -5]]);
});

test('two fingers zoom by their distance, and the one that stays goes on panning', () => {
  send('pointerdown', 100, 100, { pointerId: 1 });
  send('pointerdown', 200, 100, { pointerId: 2 });
  send('pointermove', 300, 100, { pointerId: 2 });
  assert.deepEqual(done, [
    ['pan', 50, 0],
    ['zoom', 2, 200, 100],
  ]);
  done = [];
  send('pointerup', 300, 100, { pointerId: 2 });
  send('pointermove', 90, 104, { pointerId: 1 });
  send('pointerup', 90, 104, { pointerId: 1 });
  assert.deepEqual(done, [['pan', -10, 4]]);
});

test('a gesture that the browser takes over is no tap', () => {
  send('pointerdown', 50, 50);
  send('pointercancel', 50, 50);
  assert.deepEqual(done, []);
});

test('two taps on nothing zoom in, and a third begins anew', () => {
  tap(50, 50, 1_000);
  tap(55, 50, 1_200);
  assert.deepEqual(named('doubleTap'), [['doubleTap', 55, 50]]);
  tap(55, 50, 1_300);
  assert.equal(named('doubleTap').length, 1);
});

test('two taps far apart, or not soon after each other, are two taps', () => {
  tap(50, 50, 1_000);
  tap(90, 50, 1_100);
  tap(90, 50, 2_000);
  assert.deepEqual(named('doubleTap'), []);
  assert.equal(named('tap').length, 3);
});

test('the second of two taps means nothing when the first one moved the view', () => {
  meaning = 'moved';
  tap(50, 50, 1_000);
  tap(50, 50, 1_200);
  assert.equal(named('tap').length, 1);
  tap(50, 50, 1_900);
  assert.equal(named('tap').length, 2);
});

test('several seats can be tapped fast', () => {
  meaning = 'chose';
  tap(50, 50, 1_000);
  tap(62, 50, 1_100);
  tap(74, 50, 1_200);
  assert.equal(named('tap').length, 3);
  assert.deepEqual(named('doubleTap'), []);
});

test('a band is given up when a second finger comes', () => {
  hasBand = true;
  send('pointerdown', 50, 50, { pointerId: 1 });
  send('pointermove', 80, 90, { pointerId: 1 });
  assert.deepEqual(named('band'), [['band', { x: 50, y: 50 }, { x: 80, y: 90 }]]);
  send('pointerdown', 10, 10, { pointerId: 2 });
  assert.deepEqual(named('endBand'), [['endBand', 'cancel']]);
  send('pointerup', 10, 10, { pointerId: 2 });
  send('pointerup', 80, 90, { pointerId: 1 });
  assert.equal(named('endBand').length, 1);
});

test('the wheel zooms at its place and never scrolls the page', () => {
  const event = send('wheel', 30, 40, { deltaY: -100, deltaMode: 0, ctrlKey: false });
  assert.ok(event.defaultPrevented);
  const [[, factor, x, y]] = done;
  assert.ok(factor > 1.2 && factor < 1.3);
  assert.deepEqual([x, y], [30, 40]);
  send('wheel', 30, 40, { deltaY: -3, deltaMode: 1, ctrlKey: false });
  assert.ok(Math.abs(done[1][1] - factor) < 0.01, 'three lines are a notch');
  send('wheel', 30, 40, { deltaY: 10, deltaMode: 0, ctrlKey: true });
  assert.ok(done[2][1] < 0.95, 'a pinch on a trackpad');
});
