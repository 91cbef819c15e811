import assert from 'node:assert/strict';
import { test } from 'node:test';

import { GrantedToken, readClaims, splitFragment } from '../../static/js/granted_token.js';
import { MemoryStore } from '../../static/js/key_store.js';
import { PrefixStore } from '../../static/js/prefix_store.js';

function tokenWith(claims) {
  return `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.signature`;
}

test('a token says its role, its holder and its end', () => {
  const claims = readClaims(tokenWith({ role: 'kiosk', sub: 'Foyer-Süd', exp: 1_800_000_000 }));
  assert.deepEqual(claims, {
    role: 'kiosk',
    holder: 'Foyer-Süd',
    expiresAtMs: 1_800_000_000_000,
  });
});

test('what is no token has no claims', () => {
  for (const text of ['', 'nonsense', 'a.b.c', tokenWith({ role: 7, sub: 'x' }), tokenWith(null)]) {
    assert.equal(readClaims(text), null, text);
  }
});

test('the token leaves the fragment, the rest stays', () => {
  assert.deepEqual(splitFragment('#token=a.b-c_d.e'), { token: 'a.b-c_d.e', rest: '' });
  assert.deepEqual(splitFragment('#show=3&token=t'), { token: 't', rest: '#show=3' });
  assert.deepEqual(splitFragment('#show=3'), { token: null, rest: '#show=3' });
  assert.deepEqual(splitFragment(''), { token: null, rest: '' });
});

test('whoever asks for the token before it is given waits for it', async () => {
  const token = new GrantedToken(new MemoryStore(), 'key');
  const asked = token.get();
  token.give('t1');
  assert.equal(await asked, 't1');
  assert.equal(await token.get(), 't1');
});

test('a refused token is forgotten and told, a newer one is not', () => {
  const token = new GrantedToken(new MemoryStore(), 'key');
  let changes = 0;
  token.on('change', () => (changes += 1), new AbortController().signal);
  token.give('t1');
  token.give('t2');
  token.forget('t1');
  assert.equal(token.value, 't2');
  token.forget('t2');
  assert.equal(token.value, null);
  assert.equal(changes, 3);
});

test('a part of a store does not see the others', () => {
  const store = new MemoryStore();
  const kiosk = new PrefixStore(store, 'kiosk.');
  store.setItem('hold', 'a buyer’s');
  assert.equal(kiosk.getItem('hold'), null);
  kiosk.setItem('hold', 'the kiosk’s');
  assert.equal(store.getItem('hold'), 'a buyer’s');
  assert.equal(store.getItem('kiosk.hold'), 'the kiosk’s');
  kiosk.removeItem('hold');
  assert.equal(store.getItem('kiosk.hold'), null);
});
