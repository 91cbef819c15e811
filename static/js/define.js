/** Registers `<seat-map>`; import this where the element is used. */

import { SeatMap } from './seat_map.js';

// A page may embed maps of two servers; whose module comes first draws them all.
if (customElements.get('seat-map') === undefined) customElements.define('seat-map', SeatMap);
