import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  ProtocolError,
  decodeMessage,
  encodeCommand,
  mayComeBack,
  unpackStatuses,
} from '../../static/js/protocol.js';

test('a command carries op, ref and its own fields', () => {
  const text = encodeCommand('watch', 7, { show: 42, since: { epoch: 1, version: 9 } });
  assert.deepEqual(JSON.parse(text), {
    op: 'watch',
    ref: 7,
    show: 42,
    since: { epoch: 1, version: 9 },
  });
});

test('a reply is told from a refusal and from a push', () => {
  const reply = decodeMessage('{"ref": 3, "ok": true, "version": 17}');
  assert.deepEqual(reply, { kind: 'reply', reply: { ref: 3, ok: true, version: 17 } });
  const push = decodeMessage('{"push": "goaway", "delay_ms": 5}');
  assert.deepEqual(push, { kind: 'push', push: { push: 'goaway', delay_ms: 5 } });
});

test('a refusal has its code, its words and its own fields', () => {
  const message = decodeMessage(
    '{"ref": 3, "ok": false, "error": {"code": "seats_taken", "message": "No.", "seats": [5]}}',
  );
  assert.equal(message.kind, 'refusal');
  assert.equal(message.ref, 3);
  assert.equal(message.error.code, 'seats_taken');
  assert.equal(message.error.message, 'No.');
  assert.deepEqual(message.error.fields, { seats: [5] });
});

test('a refusal of what could not be read has no ref', () => {
  const text = '{"ref": null, "ok": false, "error": {"code": "bad_message", "message": "?"}}';
  assert.equal(decodeMessage(text).ref, null);
});

test('an unknown push is passed on', () => {
  assert.deepEqual(decodeMessage('{"push": "confetti"}').push, { push: 'confetti' });
});

test('a snapshot is unpacked: two bits a seat, lowest bits first', () => {
  // 0b11_10_01_00 = 228, then 0b01 in a byte of its own.
  const seats = btoa(String.fromCharCode(228, 1));
  const { push } = decodeMessage(
    JSON.stringify({ push: 'snapshot', show: 42, epoch: 1, version: 2, count: 5, seats }),
  );
  assert.deepEqual([...push.seats], [0, 1, 2, 3, 1]);
});

test('an empty snapshot has no seats', () => {
  assert.equal(unpackStatuses('', 0).length, 0);
});

for (const [what, base64, count] of [
  ['too short', btoa('a'), 5],
  ['too long', btoa('abc'), 5],
  ['not base64', '%%%', 4],
  ['without a count', btoa('a'), undefined],
]) {
  test(`a snapshot that is ${what} is refused`, () => {
    assert.throws(() => unpackStatuses(base64, count), ProtocolError);
  });
}

for (const text of ['', 'null', '[]', '5', '{}', '{"ok": true}', '{"ref": 1, "ok": false}']) {
  test(`${JSON.stringify(text)} is no message`, () => {
    assert.throws(() => decodeMessage(text), ProtocolError);
  });
}

test('only close codes 4500 to 4999 say not to come back', () => {
  for (const code of [1000, 1001, 1006, 1012, 1013, 4000, 4499]) assert.ok(mayComeBack(code), code);
  for (const code of [4500, 4999]) assert.ok(!mayComeBack(code), code);
});
