/** What a browser is answered where there is nothing. */

import { applyTexts, t } from './texts.js';

applyTexts();
document.title = `${t('missing.title')} · Seatwire`;
