/** Where in a section a line of words has most room. Pure. */

import { boxOf, placesIn } from './outline.js';

/** @typedef {import('./outline.js').Point} Point */

/**
 * @typedef {object} Line a place for one line of words
 * @property {Point} middle
 * @property {number} width
 * @property {number} height
 * @property {number} angle how far it is turned, in radians: at most a quarter turn either way
 */

/** How wide a number is, by its height: three or four digits. */
const NUMBER_SHAPE = 3;

/** A number stands level, unless turned along its section it can be so many times as large. */
const BETTER_TURNED = 1.25;

/** How often the height of a line is halved in between to find the highest that fits. */
const LINE_STEPS = 5;

/**
 * Return where a number has most room: level, or turned along the section.
 *
 * @param {Point[]} outline
 * @returns {Line}
 */
export function numberLineOf(outline) {
  const level = levelLineOf(outline);
  const angle = axisOf(outline);
  const upright = outline.map((point) => turned(point, -angle));
  const along = levelLineOf(upright);
  if (along.height < BETTER_TURNED * level.height) return level;
  return { ...along, middle: turned(along.middle, angle), angle };
}

/**
 * Return where the highest level line of a number's shape fits; of no size when none does.
 *
 * @param {Point[]} outline
 * @returns {Line}
 */
function levelLineOf(outline) {
  const box = boxOf(outline);
  const { left, top, right, bottom } = box;
  let best = { middle: { x: left, y: top }, width: 0, height: 0, angle: 0 };
  const highest = Math.min(bottom - top, (right - left) / NUMBER_SHAPE);
  for (const at of placesIn(box)) {
    if (lineAt(outline, at, best.height) === null) continue;
    let tooHigh = highest;
    for (let step = 0; step < LINE_STEPS; step++) {
      const height = (best.height + tooHigh) / 2;
      const line = lineAt(outline, at, height);
      if (line === null) tooHigh = height;
      else best = line;
    }
  }
  return best;
}

/**
 * Return the line of a height that is level with a point, or null when a number does not fit in.
 *
 * @param {Point[]} outline
 * @param {Point} at
 * @param {number} height
 * @returns {Line | null}
 */
function lineAt(outline, { x, y }, height) {
  let left = -Infinity;
  let right = Infinity;
  for (const down of [0, -height / 2, height / 2]) {
    const chord = chordOf(outline, x, y + down);
    if (chord === null) return null;
    left = Math.max(left, chord.left);
    right = Math.min(right, chord.right);
    if (right - left < NUMBER_SHAPE * height) return null;
  }
  return { middle: { x: (left + right) / 2, y }, width: right - left, height, angle: 0 };
}

/**
 * Return the part of a polygon that is level with a point; null for a point outside.
 *
 * @param {Point[]} outline
 * @param {number} x
 * @param {number} y
 */
function chordOf(outline, x, y) {
  let left = -Infinity;
  let right = Infinity;
  let isInside = false;
  let one = outline[outline.length - 1];
  for (const other of outline) {
    if (one.y > y !== other.y > y) {
      const crossing = one.x + ((y - one.y) / (other.y - one.y)) * (other.x - one.x);
      if (crossing > x) right = Math.min(right, crossing);
      else {
        left = Math.max(left, crossing);
        isInside = !isInside;
      }
    }
    one = other;
  }
  return isInside ? { left, right } : null;
}

/**
 * Return the direction in which an outline reaches farthest, between a quarter turn left and right.
 *
 * @param {Point[]} outline
 */
function axisOf(outline) {
  const edges = outline.map((one, index) => {
    const other = outline[(index + 1) % outline.length];
    const length = Math.hypot(other.x - one.x, other.y - one.y);
    return { x: (one.x + other.x) / 2, y: (one.y + other.y) / 2, length };
  });
  const total = edges.reduce((sum, { length }) => sum + length, 0);
  const middleX = edges.reduce((sum, { x, length }) => sum + x * length, 0) / total;
  const middleY = edges.reduce((sum, { y, length }) => sum + y * length, 0) / total;
  let spread = 0;
  let both = 0;
  for (const { x, y, length } of edges) {
    spread += length * ((x - middleX) ** 2 - (y - middleY) ** 2);
    both += length * (x - middleX) * (y - middleY);
  }
  return Math.atan2(2 * both, spread) / 2;
}

/**
 * @param {Point} point
 * @param {number} angle
 * @returns {Point}
 */
function turned({ x, y }, angle) {
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  return { x: x * cos - y * sin, y: x * sin + y * cos };
}
