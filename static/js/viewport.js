/**
 * What part of the plan is on the screen: screen = plan · scale + offset. Pure.
 *
 * Screen lengths are CSS pixels, plan lengths are the plan's own units.
 */

/** @typedef {import('./box.js').Box} Box */
/** @typedef {{scale: number, offsetX: number, offsetY: number}} Place of a view */

/** Room around the plan when it is fitted, so that the outermost seats do not touch the edge. */
const FIT_PADDING_PX = 16;

/** How far out one may go, as a share of the fitted scale. */
const ZOOM_OUT_SHARE = 0.8;

/** A seat is never drawn larger than this; beyond it zooming shows nothing new. */
const SEAT_RADIUS_PX_MAX = 32;

/** A plan on a surface of some size, at a scale and an offset. */
export class View {
  width = 0;
  height = 0;
  scale = 1;
  offsetX = 0;
  offsetY = 0;

  /**
   * @param {number} width
   * @param {number} height
   */
  setSize(width, height) {
    this.width = width;
    this.height = height;
  }

  /**
   * @param {number} screenX
   * @param {number} screenY
   */
  toPlan(screenX, screenY) {
    return {
      x: (screenX - this.offsetX) / this.scale,
      y: (screenY - this.offsetY) / this.scale,
    };
  }

  /**
   * @param {number} planX
   * @param {number} planY
   */
  toScreen(planX, planY) {
    return { x: planX * this.scale + this.offsetX, y: planY * this.scale + this.offsetY };
  }

  /**
   * Return the part of the plan on the screen.
   *
   * @returns {Box}
   */
  visibleBox() {
    return this.toPlanBox({ left: 0, top: 0, right: this.width, bottom: this.height });
  }

  /**
   * @param {Box} box in screen pixels
   * @returns {Box}
   */
  toPlanBox({ left, top, right, bottom }) {
    const topLeft = this.toPlan(left, top);
    const bottomRight = this.toPlan(right, bottom);
    return { left: topLeft.x, top: topLeft.y, right: bottomRight.x, bottom: bottomRight.y };
  }
}

/** The view that people move: it knows the whole plan and never leaves it. */
export class Viewport extends View {
  #bounds;
  #scaleMax;

  /**
   * @param {Box} bounds of the whole plan
   * @param {number} seatRadius of a typical seat, to know how close one may get
   */
  constructor(bounds, seatRadius) {
    super();
    this.#bounds = bounds;
    this.#scaleMax = SEAT_RADIUS_PX_MAX / seatRadius;
  }

  /** Say whether the whole plan is shown as `fit` would show it. */
  get isFitted() {
    return this.scale <= this.#fitScale() * 1.01;
  }

  /** Show the whole plan, centred. */
  fit() {
    this.scale = this.#fitScale();
    const { left, top, right, bottom } = this.#bounds;
    this.centreOn((left + right) / 2, (top + bottom) / 2);
  }

  /**
   * Take a new screen size: a fitted plan stays fitted, otherwise the centre stays where it is.
   *
   * @param {number} width
   * @param {number} height
   */
  resize(width, height) {
    const wasFitted = this.width === 0 || this.isFitted;
    const centre = this.toPlan(this.width / 2, this.height / 2);
    this.setSize(width, height);
    if (wasFitted) return this.fit();
    this.centreOn(centre.x, centre.y);
  }

  /**
   * Zoom by *factor* so that the plan stays still under the screen point.
   *
   * @param {number} factor
   * @param {number} screenX
   * @param {number} screenY
   */
  zoomAt(factor, screenX, screenY) {
    const anchor = this.toPlan(screenX, screenY);
    this.scale = this.#clampScale(this.scale * factor);
    this.offsetX = screenX - anchor.x * this.scale;
    this.offsetY = screenY - anchor.y * this.scale;
    this.#keepInSight();
  }

  /**
   * @param {number} deltaX screen pixels
   * @param {number} deltaY screen pixels
   */
  panBy(deltaX, deltaY) {
    this.offsetX += deltaX;
    this.offsetY += deltaY;
    this.#keepInSight();
  }

  /**
   * Return where the view would be with *box* filling it, as far as the limits allow.
   *
   * @param {Box} box in plan units
   * @param {number} padding in screen pixels
   * @returns {Place}
   */
  placeFor({ left, top, right, bottom }, padding) {
    const scale = this.#clampScale(
      Math.min(
        Math.max(this.width - 2 * padding, 1) / Math.max(right - left, 1e-6),
        Math.max(this.height - 2 * padding, 1) / Math.max(bottom - top, 1e-6),
      ),
    );
    return {
      scale,
      offsetX: this.width / 2 - ((left + right) / 2) * scale,
      offsetY: this.height / 2 - ((top + bottom) / 2) * scale,
    };
  }

  /**
   * Return where the view would be after `zoomAt`.
   *
   * @param {number} factor
   * @param {number} screenX
   * @param {number} screenY
   * @returns {Place}
   */
  placeAfterZoom(factor, screenX, screenY) {
    const scale = this.#clampScale(this.scale * factor);
    return {
      scale,
      offsetX: screenX - ((screenX - this.offsetX) / this.scale) * scale,
      offsetY: screenY - ((screenY - this.offsetY) / this.scale) * scale,
    };
  }

  /**
   * Return where the view would be with a point of the plan in the middle.
   *
   * @param {number} planX
   * @param {number} planY
   * @param {number} scale
   * @returns {Place}
   */
  placeAround(planX, planY, scale) {
    const allowed = this.#clampScale(scale);
    return {
      scale: allowed,
      offsetX: this.width / 2 - planX * allowed,
      offsetY: this.height / 2 - planY * allowed,
    };
  }

  /** @returns {Place} where `fit` goes */
  placeFitted() {
    return this.placeFor(this.#bounds, FIT_PADDING_PX);
  }

  /** @param {Place} place */
  moveTo({ scale, offsetX, offsetY }) {
    this.scale = this.#clampScale(scale);
    this.offsetX = offsetX;
    this.offsetY = offsetY;
    this.#keepInSight();
  }

  /**
   * Put a point of the plan in the middle of the screen.
   *
   * @param {number} planX
   * @param {number} planY
   */
  centreOn(planX, planY) {
    this.scale = this.#clampScale(this.scale);
    this.offsetX = this.width / 2 - planX * this.scale;
    this.offsetY = this.height / 2 - planY * this.scale;
    this.#keepInSight();
  }

  #fitScale() {
    const { left, top, right, bottom } = this.#bounds;
    const roomX = Math.max(this.width - 2 * FIT_PADDING_PX, 1);
    const roomY = Math.max(this.height - 2 * FIT_PADDING_PX, 1);
    const scale = Math.min(roomX / Math.max(right - left, 1), roomY / Math.max(bottom - top, 1));
    return Math.min(scale, this.#scaleMax);
  }

  /** @param {number} scale */
  #clampScale(scale) {
    return Math.min(Math.max(scale, this.#fitScale() * ZOOM_OUT_SHARE), this.#scaleMax);
  }

  /** Keep the centre of the screen on the plan, so that nobody gets lost beside it. */
  #keepInSight() {
    const { left, top, right, bottom } = this.#bounds;
    const centre = this.toPlan(this.width / 2, this.height / 2);
    const x = Math.min(Math.max(centre.x, left), right);
    const y = Math.min(Math.max(centre.y, top), bottom);
    this.offsetX += (centre.x - x) * this.scale;
    this.offsetY += (centre.y - y) * this.scale;
  }
}
