/**
 * The areas of a plan (stage, pitch, bar, a word on the floor) in absolute positions. Pure.
 *
 * An area is its position, a rotation about that position, and a shape whose own lengths start
 * there: a rectangle at its top left corner, circle and ellipse at their centre.
 */

import { emptyBox, growBox } from './box.js';

/** @typedef {import('./box.js').Box} Box */
/** @typedef {{x: number, y: number}} Point */

/**
 * @typedef {object} Area
 * @property {'polygon' | 'rectangle' | 'ellipse' | 'circle' | 'text'} shape
 * @property {number} x
 * @property {number} y
 * @property {number} rotation radians, clockwise
 * @property {string} color empty for none
 * @property {string} borderColor empty for none
 * @property {Point[]} points of a polygon, from (x, y)
 * @property {number} width of a rectangle
 * @property {number} height of a rectangle
 * @property {number} radiusX of an ellipse or circle
 * @property {number} radiusY of an ellipse or circle
 * @property {AreaText | null} text
 * @property {string} ground colour under its words: its own or of the area below; empty for none
 * @property {Box} box absolute, after rotation
 */

/** @typedef {{words: string, x: number, y: number, size: number, color: string}} AreaText */

/** What an area without a shape can be told by: the object it has. */
const SHAPES = /** @type {const} */ (['polygon', 'rectangle', 'ellipse', 'circle']);

const TEXT_SIZE_DEFAULT = 16;

/** Average width of a letter as a share of the text size; good enough for a bounding box. */
const LETTER_WIDTH_SHARE = 0.6;

/**
 * @param {any} area as in the plan document
 * @param {Point} zoneAt
 * @returns {Area}
 */
export function flattenArea(area, zoneAt) {
  const flat = {
    shape: area.shape ?? SHAPES.find((shape) => area[shape] !== undefined) ?? 'text',
    x: zoneAt.x + (area.position?.x ?? 0),
    y: zoneAt.y + (area.position?.y ?? 0),
    rotation: ((area.rotation ?? 0) * Math.PI) / 180,
    color: visibleColor(area.color),
    borderColor: visibleColor(area.border_color),
    points: area.polygon?.points ?? [],
    width: area.rectangle?.width ?? 0,
    height: area.rectangle?.height ?? 0,
    radiusX: area.ellipse?.radius?.x ?? area.circle?.radius ?? 0,
    radiusY: area.ellipse?.radius?.y ?? area.circle?.radius ?? 0,
    text: flattenText(area.text),
    ground: visibleColor(area.color),
    box: emptyBox(),
  };
  for (const { x, y } of corners(flat)) {
    const cos = Math.cos(flat.rotation);
    const sin = Math.sin(flat.rotation);
    growBox(flat.box, flat.x + x * cos - y * sin, flat.y + x * sin + y * cos);
  }
  return flat;
}

/**
 * Let words without a ground of their own know the one that they lie on.
 *
 * @param {Area[]} areas in the order in which they are painted
 */
export function findGrounds(areas) {
  areas.forEach((area, index) => {
    if (area.text === null || area.color !== '') return;
    const x = (area.box.left + area.box.right) / 2;
    const y = (area.box.top + area.box.bottom) / 2;
    const under = areas.findLast(
      ({ color, box }, below) =>
        below < index &&
        color !== '' &&
        x >= box.left &&
        x <= box.right &&
        y >= box.top &&
        y <= box.bottom,
    );
    area.ground = under?.color ?? '';
  });
}

/**
 * @param {any} text
 * @returns {AreaText | null}
 */
function flattenText(text) {
  if (!text?.text) return null;
  return {
    words: text.text,
    x: text.position?.x ?? 0,
    y: text.position?.y ?? 0,
    size: text.size ?? TEXT_SIZE_DEFAULT,
    color: text.color ?? '',
  };
}

/**
 * Return points, before rotation and from the area's position, that enclose the area.
 *
 * @param {Omit<Area, 'box' | 'ground'>} area
 * @returns {Point[]}
 */
function corners({ shape, points, width, height, radiusX, radiusY, text }) {
  if (shape === 'polygon') return points;
  if (shape === 'rectangle') return cornersOf(0, 0, width, height);
  if (shape === 'text') {
    if (text === null) return [];
    const halfWidth = (text.words.length * text.size * LETTER_WIDTH_SHARE) / 2;
    const halfHeight = text.size / 2;
    return cornersOf(
      text.x - halfWidth,
      text.y - halfHeight,
      text.x + halfWidth,
      text.y + halfHeight,
    );
  }
  return cornersOf(-radiusX, -radiusY, radiusX, radiusY);
}

/**
 * @param {number} left
 * @param {number} top
 * @param {number} right
 * @param {number} bottom
 * @returns {Point[]}
 */
function cornersOf(left, top, right, bottom) {
  return [
    { x: left, y: top },
    { x: right, y: top },
    { x: right, y: bottom },
    { x: left, y: bottom },
  ];
}

/** @param {string | undefined} color */
function visibleColor(color) {
  return !color || color === 'transparent' || color === 'none' ? '' : color;
}
