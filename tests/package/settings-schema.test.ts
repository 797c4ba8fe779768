import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { CONVENTIONS, INTERPOLATIONS, PLAYBACKS } from '../../src/protocol';
import { COLORMAP_GROUPS, MAX_RATE, PLAIN_SETTINGS } from '../../src/shading';
import { ROOT } from './tools';

interface Property {
  readonly default: unknown;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
}

const { properties } = JSON.parse(readFileSync(join(ROOT, 'labextension/schema/plugin.json'), 'utf8')) as {
  properties: Readonly<Record<string, Property>>;
};

test('JupyterLab’s settings offer what there is, and have the viewer’s own defaults', () => {
  const { perceptual, other, diverging } = COLORMAP_GROUPS;
  expect(properties.colormap?.enum).toEqual([...perceptual, ...other, ...diverging]);
  expect(properties.interpolation?.enum).toEqual(INTERPOLATIONS);
  expect(properties.convention?.enum).toEqual(CONVENTIONS);
  expect(properties.playback?.enum).toEqual(PLAYBACKS);
  expect([properties.rate?.minimum, properties.rate?.maximum]).toEqual([1, MAX_RATE]);
  for (const name of ['colormap', 'interpolation', 'convention', 'rate', 'playback'] as const) {
    expect([name, properties[name]?.default]).toEqual([name, PLAIN_SETTINGS[name]]);
  }
});
