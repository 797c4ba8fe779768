import { expect, test } from '@jest/globals';
import { CASES, FACTORS, expectExportedPictures } from '../browser/matrix';
import { usePage } from '../browser/page-stand';

const stand = usePage();

test('the picture in the browser is the exported one, over dtypes, colour maps, windows, interpolations, layers', async () => {
  expect(CASES.length).toBeGreaterThanOrEqual(FACTORS.kind.length * FACTORS.layers.length);
  await expectExportedPictures(stand, CASES);
}, 600_000);
