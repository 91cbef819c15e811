/** The bookings of the last hour as a picture, a bar a minute, with its sum in words. */

import { write } from './admin_keyed.js';
import { make } from './dom.js';
import { sparkBars } from './sales_figures.js';
import { t } from './texts.js';

const SVG = 'http://www.w3.org/2000/svg';
const SPARK = Object.freeze({ width: 300, height: 56, leastMax: 5 });
const BAR_SHARE = 0.8;

export class SparkPicture {
  #picture = document.createElementNS(SVG, 'svg');
  #words = make('p', { className: 'soft' });

  constructor() {
    this.#picture.setAttribute('viewBox', `0 0 ${SPARK.width} ${SPARK.height}`);
    this.#picture.setAttribute('preserveAspectRatio', 'none');
    this.#picture.setAttribute('class', 'spark');
    this.#picture.setAttribute('aria-hidden', 'true');
  }

  /** What stands on the page. */
  get elements() {
    return [this.#picture, this.#words];
  }

  /** @param {number[]} values bookings by minute, oldest first; always as many */
  show(values) {
    const count = values.reduce((total, value) => total + value, 0);
    write(this.#words, t('admin.hour', { count, last: values.at(-1) ?? 0 }));
    sparkBars(values, SPARK).forEach(({ x, y, width, height }, index) => {
      const there = this.#picture.children[index];
      const rect = there ?? this.#picture.appendChild(document.createElementNS(SVG, 'rect'));
      for (const [name, value] of Object.entries({ x, y, width: width * BAR_SHARE, height })) {
        rect.setAttribute(name, String(value));
      }
    });
  }
}
