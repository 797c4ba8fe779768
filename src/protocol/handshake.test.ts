import { createHmac } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { proofText } from './handshake';

const CLIENT = '11'.repeat(32);
const SERVER = '22'.repeat(32);

test('what a side signs names the protocol, its role and both nonces', () => {
  expect(proofText('server', CLIENT, SERVER)).toBe(`slicescope.v1 server ${CLIENT} ${SERVER}`);
  expect(proofText('client', CLIENT, SERVER)).toBe(`slicescope.v1 client ${CLIENT} ${SERVER}`);
});

test('no side signs what the other signs, nor the same with other nonces', () => {
  const texts = [
    proofText('server', CLIENT, SERVER),
    proofText('client', CLIENT, SERVER),
    proofText('server', SERVER, CLIENT),
    proofText('client', SERVER, CLIENT),
  ];
  expect(new Set(texts).size).toBe(4);
});

test('a proof is this HMAC-SHA-256', () => {
  const proof = createHmac('sha256', Buffer.alloc(32, 0xab))
    .update(proofText('client', CLIENT, SERVER))
    .digest('hex');
  expect(proof).toBe('743eb730d7c6f8aa9c43a557af8f6a243d25faceb1fcb0f8f67e871a141ba9e2');
});
