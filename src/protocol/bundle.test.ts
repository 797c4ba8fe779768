import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { VIEW_MIME, parsePictureKey, parseViewBundle, type ViewMetadata } from './bundle';

test('the MIME type names the version', () => {
  expect(VIEW_MIME).toBe('application/vnd.slicescope.view.v1+json');
});

test('the ids are read, and nothing else that an output may hold', () => {
  const ids = { kernelId: '3f0c2b1e-7a64-4c1e-9a55-0d5f3b1c2a77', viewId: 'view_1' };
  expect(parseViewBundle({ ...ids, url: 'http://elsewhere.example' })).toEqual(ids);
});

test('the key of the saved picture is read from whatever the metadata are', () => {
  const metadata: ViewMetadata = { [VIEW_MIME]: { picture: '0badcafe' } };
  expect(parsePictureKey(metadata)).toBe('0badcafe');
  for (const other of [undefined, null, 3, 'text', [], {}, { [VIEW_MIME]: null }, { [VIEW_MIME]: { picture: 7 } }]) {
    expect(parsePictureKey(other)).toBeNull();
  }
});

describe('null is the answer to', () => {
  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'kernelId'],
    ['a list', ['a', 'b']],
    ['no kernel', { viewId: 'a' }],
    ['no view', { kernelId: 'a' }],
    ['a number for an id', { kernelId: 1, viewId: 'a' }],
    ['an empty id', { kernelId: '', viewId: 'a' }],
    ['an id with a path', { kernelId: '../../etc/passwd', viewId: 'a' }],
    ['an id with a query', { kernelId: 'a?b', viewId: 'a' }],
    ['an id with a dot', { kernelId: 'a', viewId: '..' }],
    ['an id that is percent-encoded', { kernelId: 'a%2fb', viewId: 'a' }],
    ['an id that ends in a new line', { kernelId: 'a\n', viewId: 'a' }],
    ['an id of 129 characters', { kernelId: 'a'.repeat(129), viewId: 'a' }],
  ])('%s', (_, value) => {
    expect(parseViewBundle(value)).toBeNull();
  });

  test('whatever else there is in a notebook', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(parseViewBundle(value)).toBeNull();
      }),
    );
  });
});
