import { expect, test } from '@jest/globals';
import type { Plane, ViewState } from 'slicescope/lib/src/viewer';
import { viewState } from '../../src/viewer/testing/states';
import { pictureName } from './picture-files';

function named(name: string, more: Partial<ViewState> = {}, plane: Plane = 'xz'): string {
  const state = viewState(1, plane, 2);
  return pictureName({ ...state, ...more, volume: { ...state.volume, name } });
}

test('a picture’s file is named after the volume and what is shown of it', () => {
  expect(named('T1')).toBe('T1-xz-2.png');
  expect(named('T1', { layout: 'planes' })).toBe('T1-planes.png');
  expect(named('T1', { layout: 'volume' })).toBe('T1-volume.png');
});

test.each([
  ['', 'volume-xz-2.png'],
  ['../../etc/passwd', 'etc-passwd-xz-2.png'],
  ['.hidden', 'hidden-xz-2.png'],
  ['a: b?*|c', 'a-b-c-xz-2.png'],
  ['Köln 脳', 'Köln-脳-xz-2.png'],
  ['<script>', 'script-xz-2.png'],
  ['///', 'volume-xz-2.png'],
])('the name of the volume %j is %s', (name, expected) => {
  expect(named(name)).toBe(expected);
});
