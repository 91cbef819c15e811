import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';

import { MapKeys } from '../../static/js/map_keys.js';

globalThis.window = globalThis;

let canvas;
let said;
let done;
let keys;
/** Everything that a screen reader would have been given to read. */
let spoken;

beforeEach((context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  canvas = new EventTarget();
  canvas.matches = () => true;
  spoken = [];
  said = {
    words: '',
    get textContent() {
      return this.words;
    },
    set textContent(words) {
      if (words !== '' && words !== this.words) spoken.push(words);
      this.words = words;
    },
  };
  done = [];
  const actions = Object.fromEntries(
    ['move', 'choose', 'zoom', 'enter', 'leave'].map((name) => [
      name,
      (...how) => done.push([name, ...how].join(' ')),
    ]),
  );
  keys = new MapKeys(canvas, said, actions, new AbortController().signal);
});

function press(key, traits = {}) {
  const event = Object.assign(new Event('keydown', { cancelable: true }), { key, ...traits });
  canvas.dispatchEvent(event);
  return event.defaultPrevented;
}

test('of many seats passed only the last is said', (context) => {
  for (const seat of ['Seat 1', 'Seat 2', 'Seat 3']) keys.say(seat);
  context.mock.timers.tick(1_000);
  assert.deepEqual(spoken, ['Seat 3']);
});

test('the same words are said once, and again to whoever comes back', (context) => {
  for (let time = 0; time < 3; time++) {
    keys.say('Seat 1: free');
    context.mock.timers.tick(1_000);
  }
  assert.deepEqual(spoken, ['Seat 1: free']);
  canvas.dispatchEvent(new Event('blur'));
  keys.say('Seat 1: free');
  context.mock.timers.tick(1_000);
  assert.equal(spoken.length, 2);
});

test('nothing is said of a map that was left', (context) => {
  keys.say('Seat 1');
  canvas.dispatchEvent(new Event('blur'));
  context.mock.timers.tick(1_000);
  assert.deepEqual(spoken, []);
});

test('arrows move, Enter and Space choose, + - 0 zoom; other keys are the page’s', () => {
  for (const key of ['ArrowLeft', 'ArrowDown', 'Enter', ' ', '+', '-', '0']) {
    assert.ok(press(key), key);
  }
  assert.deepEqual(done, [
    'move left',
    'move down',
    'choose',
    'choose',
    'zoom in',
    'zoom out',
    'zoom fit',
  ]);
  for (const key of ['Tab', 'a', 'Escape']) assert.ok(!press(key), key);
  assert.ok(!press('+', { ctrlKey: true }), 'the browser’s own zoom');
});

test('a key held down holds a seat once', () => {
  press('Enter');
  press('Enter', { repeat: true });
  assert.deepEqual(done, ['choose']);
});
