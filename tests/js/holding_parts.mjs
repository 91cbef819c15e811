/** A holding whose server, storage and time are in the hands of the test. */

import { HoldKeeper } from '../../static/js/hold_keeper.js';
import { Holding } from '../../static/js/holding.js';
import { MemoryStore } from '../../static/js/key_store.js';
import { WireError } from '../../static/js/protocol.js';
import { FakeConnection, ManualClock, collect } from './doubles.mjs';

export const SHOW = 42;
export const TTL_MS = 600_000;

export function begin({ store = new MemoryStore(), held = null, prices = {} } = {}) {
  const connection = new FakeConnection();
  const clock = new ManualClock();
  // What HTTP answers about the hold: a form, or the code of an error.
  const http = { answer: held ?? 'not_found', asked: 0 };
  const api = {
    hold: async () => {
      http.asked += 1;
      if (typeof http.answer === 'string') throw new WireError(http.answer, '', http.fields);
      return http.answer;
    },
  };
  const token = { get: async () => 'token' };
  const priceNow = (seat) => prices[seat];
  const holding = new Holding({ connection, api, token, showId: SHOW, store, priceNow, clock });
  const notices = collect(holding, 'notice');
  holding.start();
  return { holding, connection, clock, http, store, notices };
}

/** The wire form of a hold. */
export function form(seats, version, more = {}) {
  return { seats, version, total: seats.length * 2_500, expires_in_ms: TTL_MS, ...more };
}

/** A holding of seats 5 and 6. */
export async function holdingTwo() {
  const parts = begin();
  parts.holding.add(5);
  parts.holding.add(6);
  await parts.connection.answer('hold', form([5], 17));
  await parts.connection.answer('hold', form([5, 6], 18));
  parts.holdId = new HoldKeeper(parts.store, SHOW).holdId;
  return parts;
}

/** A `hold` push. */
export function push(hold, status, seats, more = {}) {
  return { push: 'hold', show: SHOW, hold, seats, status, expires_in_ms: null, ...more };
}
