/**
 * The sections of a plan: its zones with seats, each with an outline and room for words. Pure.
 *
 * Seats of a zone follow one another, so a section is a range of seats.
 */

import { areaOf, boxOf, chordOf, depthIn, outlineOf, placesIn } from './outline.js';

/** @typedef {import('./box.js').Box} Box */
/** @typedef {import('./plan.js').SeatPlan} SeatPlan */
/** @typedef {import('./outline.js').Point} Point */

/**
 * @typedef {object} Section
 * @property {string} name of its zone, may be empty
 * @property {number} first seat
 * @property {number} end seat after its last
 * @property {Point[]} outline
 * @property {Box} box of the outline
 * @property {Point} middle where its words go
 * @property {number} room how far from its middle the section reaches on all sides
 * @property {{left: number, right: number}} span how far a line of words may run around its middle
 */

/** Outlines run this many seat radii outside the seats' centres. */
const MARGIN_RADII = 1.5;

/** Words stand at the centre, unless another place has so many times its room. */
const BETTER_ROOM = 1.3;

/** Words reach this share of the room above and below their middle. */
const WORDS_SHARE = 0.5;

/**
 * Return the sections in the plan's order, and the section of every seat.
 *
 * @param {SeatPlan} plan
 * @returns {{sections: Section[], sectionOf: Uint16Array}}
 */
export function sectionsOf(plan) {
  /** @type {Map<number, import('./plan.js').Row[]>} */
  const zones = new Map();
  for (const row of plan.rows) {
    if (row.first === row.end) continue;
    const rows = zones.get(row.zoneIndex);
    if (rows) rows.push(row);
    else zones.set(row.zoneIndex, [row]);
  }
  const sectionOf = new Uint16Array(plan.count);
  const sections = [...zones.values()].map((rows, index) => {
    const section = sectionFrom(plan, rows);
    sectionOf.fill(index, section.first, section.end);
    return section;
  });
  return { sections, sectionOf };
}

/**
 * Return the section at a point of the plan, or the nearest within *reach*, or -1.
 *
 * @param {Section[]} sections
 * @param {Point} at
 * @param {number} reach in plan units; between sections there are gaps
 */
export function sectionAt(sections, at, reach) {
  let best = -1;
  let bestDepth = -reach;
  sections.forEach(({ box, outline }, index) => {
    if (at.x < box.left - reach || at.x > box.right + reach) return;
    if (at.y < box.top - reach || at.y > box.bottom + reach) return;
    const depth = depthIn(outline, at);
    if (depth < bestDepth) return;
    best = index;
    bestDepth = depth;
  });
  return best;
}

/**
 * @param {SeatPlan} plan
 * @param {import('./plan.js').Row[]} rows
 * @returns {Section}
 */
function sectionFrom(plan, rows) {
  const points = rows.map(({ first, end }) => {
    const seats = [];
    for (let seat = first; seat < end; seat++) seats.push({ x: plan.x[seat], y: plan.y[seat] });
    return seats;
  });
  const outline = outlineOf(points, plan.typicalRadius * MARGIN_RADII);
  const box = boxOf(outline);
  const row = points[points.length >> 1];
  const { middle, room } = middleOf(outline, box, row[row.length >> 1]);
  const { first, zone } = rows[0];
  const { end } = rows[rows.length - 1];
  const span = spanOf(outline, middle, room);
  return { name: zone, first, end, outline, box, middle, room, span };
}

/**
 * Return how far a line of words may run to the left and to the right without leaving the section.
 *
 * @param {Point[]} outline
 * @param {Point} middle
 * @param {number} room
 */
function spanOf(outline, { x, y }, room) {
  const chords = [-WORDS_SHARE, 0, WORDS_SHARE].map((share) =>
    chordOf(outline, { x, y: y + share * room }),
  );
  return {
    left: Math.max(...chords.map(({ left }) => left)),
    right: Math.min(...chords.map(({ right }) => right)),
  };
}

/**
 * Return where a section has room for words: its centre, or where there is clearly more.
 *
 * @param {Point[]} outline
 * @param {Box} box of the outline
 * @param {Point} seat that is in the section, should all else be outside
 */
function middleOf(outline, box, seat) {
  const centre = centreOf(outline);
  let best = { middle: seat, room: Math.max(depthIn(outline, seat), 0) };
  for (const middle of placesIn(box)) {
    const room = depthIn(outline, middle);
    if (room > best.room) best = { middle, room };
  }
  const centreRoom = depthIn(outline, centre);
  return centreRoom * BETTER_ROOM < best.room ? best : { middle: centre, room: centreRoom };
}

/** @param {Point[]} outline */
function centreOf(outline) {
  const area = areaOf(outline);
  let x = 0;
  let y = 0;
  for (let index = 0; index < outline.length; index++) {
    const one = outline[index];
    const other = outline[(index + 1) % outline.length];
    const cross = one.x * other.y - other.x * one.y;
    x += (one.x + other.x) * cross;
    y += (one.y + other.y) * cross;
  }
  return { x: x / (6 * area), y: y / (6 * area) };
}
