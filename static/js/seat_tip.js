/** The words beside the pointer. */

/** Where the tip goes when there is no room above: past a finger or the arrow. */
const BELOW_PX = 40;

export class SeatTip {
  #element;
  #at = { x: 0, y: 0 };

  /** @param {HTMLElement} element */
  constructor(element) {
    this.#element = element;
  }

  /**
   * @param {import('./seat_words.js').Words} words
   * @param {{x: number, y: number}} [at] CSS pixels of the map; where it was by default
   */
  show({ title, line }, at = this.#at) {
    this.#at = at;
    const tip = this.#element;
    /** @type {HTMLElement} */ (tip.querySelector('strong')).textContent = title;
    /** @type {HTMLElement} */ (tip.querySelector('span')).textContent = line;
    tip.hidden = false;
    const room = (tip.offsetParent?.clientWidth ?? 0) - tip.offsetWidth - 4;
    const x = Math.min(Math.max(at.x - tip.offsetWidth / 2, 4), Math.max(room, 4));
    const above = at.y - tip.offsetHeight - 8;
    tip.style.transform = `translate(${x}px, ${above > 4 ? above : at.y + BELOW_PX}px)`;
  }

  hide() {
    this.#element.hidden = true;
  }
}
