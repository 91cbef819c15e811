/** Registers `<seat-map>`; import this where the element is used. */

import { SeatMap } from './seat_map.js';

customElements.define('seat-map', SeatMap);
