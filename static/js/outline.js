/** The outline of a block of rows, as a polygon around its seats. Pure. */

import { emptyBox, growBox } from './box.js';

/** @typedef {{x: number, y: number}} Point */

/** Places tried on each side of a box: wedges are widest far from their centre. */
const TRIED = 9;

/** Steps from row to row up to this share of the margin are smoothed away. */
const SMOOTH_SHARE = 0.7;

/**
 * Return the corners of a block: along its first row, down the ends of its rows, back along the
 * last, so that curved blocks keep their curve. Rows in no order, whose ends would cross,
 * get their convex hull.
 *
 * @param {Point[][]} rows seats of each row, in order; none empty
 * @param {number} margin how far outside the seats' centres the outline runs
 * @returns {Point[]}
 */
export function outlineOf(rows, margin) {
  const along = widened(
    simplified(
      [
        ...rows[0],
        ...rows.slice(1, -1).map((row) => row[row.length - 1]),
        ...(rows.length > 1 ? rows[rows.length - 1].slice().reverse() : []),
        ...rows
          .slice(1, -1)
          .reverse()
          .map((row) => row[0]),
      ],
      margin * SMOOTH_SHARE,
    ),
    margin,
  );
  const isSound = rows.every((row) =>
    [row[0], row[row.length >> 1], row[row.length - 1]].every((seat) => depthIn(along, seat) > 0),
  );
  return isSound ? along : widened(hullOf(rows.flat()), margin);
}

/**
 * Return the signed area of a polygon: positive when it runs clockwise on a screen.
 *
 * @param {Point[]} points
 */
export function areaOf(points) {
  let sum = 0;
  for (let index = 0; index < points.length; index++) {
    const { x, y } = points[index];
    const next = points[(index + 1) % points.length];
    sum += x * next.y - next.x * y;
  }
  return sum / 2;
}

/**
 * Return how far a point is inside a polygon: to its nearest edge, negative outside.
 *
 * @param {Point[]} points
 * @param {Point} at
 */
export function depthIn(points, at) {
  let isInside = false;
  let nearest = Infinity;
  for (let index = 0; index < points.length; index++) {
    const one = points[index];
    const other = points[(index + 1) % points.length];
    nearest = Math.min(nearest, distanceTo(one, other, at));
    if (one.y > at.y === other.y > at.y) continue;
    const crossing = one.x + ((at.y - one.y) / (other.y - one.y)) * (other.x - one.x);
    if (at.x < crossing) isInside = !isInside;
  }
  return isInside ? nearest : -nearest;
}

/**
 * Return the part of a polygon that is level with a point inside it and hangs together with it.
 *
 * @param {Point[]} points
 * @param {Point} at
 */
export function chordOf(points, at) {
  let left = -Infinity;
  let right = Infinity;
  for (let index = 0; index < points.length; index++) {
    const one = points[index];
    const other = points[(index + 1) % points.length];
    if (one.y > at.y === other.y > at.y) continue;
    const crossing = one.x + ((at.y - one.y) / (other.y - one.y)) * (other.x - one.x);
    if (crossing <= at.x) left = Math.max(left, crossing);
    else right = Math.min(right, crossing);
  }
  return { left, right };
}

/** @param {Point[]} points */
export function boxOf(points) {
  const box = emptyBox();
  for (const { x, y } of points) growBox(box, x, y);
  return box;
}

/**
 * Return places all over a box: where a polygon in it may have room.
 *
 * @param {import('./box.js').Box} box
 */
export function* placesIn({ left, top, right, bottom }) {
  for (let across = 1; across <= TRIED; across++) {
    for (let down = 1; down <= TRIED; down++) {
      const x = left + ((right - left) * across) / (TRIED + 1);
      const y = top + ((bottom - top) * down) / (TRIED + 1);
      yield { x, y };
    }
  }
}

/**
 * Return the convex hull (Andrew's monotone chain).
 *
 * @param {Point[]} points
 * @returns {Point[]}
 */
function hullOf(points) {
  const sorted = points.slice().sort((one, other) => one.x - other.x || one.y - other.y);
  const chain = (/** @type {Point[]} */ ordered) => {
    /** @type {Point[]} */
    const kept = [];
    for (const point of ordered) {
      while (kept.length > 1 && turn(kept[kept.length - 2], kept[kept.length - 1], point) <= 0) {
        kept.pop();
      }
      kept.push(point);
    }
    return kept.slice(0, -1);
  };
  const hull = [...chain(sorted), ...chain(sorted.slice().reverse())];
  return hull.length > 0 ? hull : sorted.slice(0, 1);
}

/**
 * Leave out corners that change nothing (Ramer, Douglas and Peucker).
 *
 * @param {Point[]} points
 * @param {number} tolerance
 * @returns {Point[]}
 */
function simplified(points, tolerance) {
  if (points.length < 3) return points;
  const first = points[0];
  const last = points[points.length - 1];
  let farthest = 0;
  let distance = 0;
  for (let index = 1; index < points.length - 1; index++) {
    const here = distanceTo(first, last, points[index]);
    if (here <= distance) continue;
    farthest = index;
    distance = here;
  }
  if (distance <= tolerance) return [first, last];
  return [
    ...simplified(points.slice(0, farthest + 1), tolerance).slice(0, -1),
    ...simplified(points.slice(farthest), tolerance),
  ];
}

/**
 * Move every edge outwards.
 *
 * @param {Point[]} points
 * @param {number} margin
 * @returns {Point[]}
 */
function widened(points, margin) {
  const distinct = points.filter(({ x, y }, index) => {
    const before = points[(index + points.length - 1) % points.length];
    return points.length === 1 || Math.hypot(x - before.x, y - before.y) > 1e-3;
  });
  if (Math.abs(areaOf(distinct)) < margin * margin) return boxAround(points, margin);
  const outwards = Math.sign(areaOf(distinct));
  return distinct.map((point, index) => {
    const before = direction(distinct[(index + distinct.length - 1) % distinct.length], point);
    const after = direction(point, distinct[(index + 1) % distinct.length]);
    const normalX = before.y + after.y;
    const normalY = -before.x - after.x;
    // At sharp corners the miter would reach far out; it is cut at twice the margin.
    const square = Math.max(normalX ** 2 + normalY ** 2, 1);
    const reach = (2 * margin * outwards) / square;
    return { x: point.x + normalX * reach, y: point.y + normalY * reach };
  });
}

/**
 * @param {Point[]} points
 * @param {number} margin
 */
function boxAround(points, margin) {
  const left = Math.min(...points.map(({ x }) => x)) - margin;
  const right = Math.max(...points.map(({ x }) => x)) + margin;
  const top = Math.min(...points.map(({ y }) => y)) - margin;
  const bottom = Math.max(...points.map(({ y }) => y)) + margin;
  return [
    { x: left, y: top },
    { x: right, y: top },
    { x: right, y: bottom },
    { x: left, y: bottom },
  ];
}

/**
 * @param {Point} from
 * @param {Point} to
 * @returns {Point} of length 1
 */
function direction(from, to) {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  return { x: (to.x - from.x) / length, y: (to.y - from.y) / length };
}

/**
 * @param {Point} one
 * @param {Point} other
 * @param {Point} third
 */
function turn(one, other, third) {
  return (other.x - one.x) * (third.y - one.y) - (other.y - one.y) * (third.x - one.x);
}

/**
 * Return the distance of a point to the line between two.
 *
 * @param {Point} one
 * @param {Point} other
 * @param {Point} at
 */
function distanceTo(one, other, at) {
  const deltaX = other.x - one.x;
  const deltaY = other.y - one.y;
  const square = deltaX ** 2 + deltaY ** 2;
  const along = square && ((at.x - one.x) * deltaX + (at.y - one.y) * deltaY) / square;
  const share = Math.min(Math.max(along, 0), 1);
  return Math.hypot(at.x - one.x - share * deltaX, at.y - one.y - share * deltaY);
}
