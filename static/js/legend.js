/** What the colours and shapes of the map mean, drawn with the map's own brush. */

import { byId, make } from './dom.js';
import { money } from './formats.js';
import { freeStyle, lookStyles, paintSample } from './seat_shapes.js';
import { Look } from './seat_sorter.js';
import { t } from './texts.js';
import { readTheme } from './theme.js';

/** @typedef {import('./show_session.js').ShowSession} ShowSession */
/** @typedef {import('./seat_shapes.js').Style} Style */

const SAMPLE_PX = 22;

/** By `Look`. @type {Readonly<Record<number, string>>} */
const SIGN_KEYS = Object.freeze({
  [Look.OWN]: 'sign.yours',
  [Look.HELD]: 'sign.held',
  [Look.BOOKED]: 'sign.booked',
  [Look.BLOCKED]: 'sign.blocked',
});

export class Legend {
  #session;
  #map;

  /**
   * @param {ShowSession} session
   * @param {Element} map whose colours are explained
   */
  constructor(session, map) {
    this.#session = session;
    this.#map = map;
  }

  /** Draw what is known of categories, prices and signs. */
  render() {
    const { plan, show } = this.#session;
    if (plan === null || show === null) return;
    const theme = readTheme(this.#map);
    const prices = plan.categories.map(({ name, color }) => {
      const price = show.prices[name];
      const words = price === undefined ? '' : money(price, show.currency);
      return make(
        'li',
        {},
        sample(freeStyle(color)),
        name,
        make('span', { className: 'price' }, words),
      );
    });
    const styles = lookStyles(theme);
    const signs = [Look.OWN, Look.HELD, Look.BOOKED, Look.BLOCKED].map((look) => {
      const tick = look === Look.OWN ? theme.ownInk : '';
      return make('li', {}, sample(styles[look], tick), t(SIGN_KEYS[look]));
    });
    byId('legend').hidden = false;
    byId('prices').replaceChildren(...prices);
    byId('signs').replaceChildren(...signs);
  }
}

/**
 * @param {Style} style
 * @param {string} [tickColor]
 */
function sample(style, tickColor) {
  const ratio = window.devicePixelRatio || 1;
  const side = Math.round(SAMPLE_PX * ratio);
  const canvas = make('canvas', { width: side, height: side, ariaHidden: 'true' });
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  context.scale(ratio, ratio);
  paintSample(context, style, SAMPLE_PX / 2, SAMPLE_PX / 2, SAMPLE_PX / 2 - 3, tickColor);
  return canvas;
}
