import { expect, test } from '@jest/globals';
import { addressOf } from './address';

const SECRET = '5a'.repeat(32);
const host = '127.0.0.1:40123';

test('a page’s address says which view it shows, and its own host is where that is', () => {
  expect(addressOf({ host, hash: `#view=a-b&secret=${SECRET}` })).toEqual({
    viewId: 'a-b',
    secret: SECRET,
    urls: ['ws://127.0.0.1:40123/'],
  });
});

test.each([
  ['nothing is behind the #', ''],
  ['there is a view only', '#view=a'],
  ['there is a secret only', `#secret=${SECRET}`],
  ['the view has no name', `#view=&secret=${SECRET}`],
  ['the secret was cut off', `#view=a&secret=${SECRET.slice(1)}`],
  ['the secret is no number', `#view=a&secret=${'z'.repeat(64)}`],
])('an address is none where %s', (_, hash) => {
  expect(addressOf({ host, hash })).toBeNull();
});
