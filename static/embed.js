/** The one script for a page of another site: `<seat-map show="42">` works once it has run. */

import './js/define.js';
