import { expect, test } from '@jest/globals';
import { CASES, FACTORS, expectExportedPictures, type Looks } from '../browser/matrix';
import { usePage } from '../browser/page-stand';

const stand = usePage();
test('the picture in the browser is the exported one, with each dtype, colour map, window, interpolation, layer', async () => {
  const cases = CASES.filter((_, at) => at % 3 !== 1);
  for (const name of Object.keys(FACTORS) as (keyof Looks)[]) {
    expect([name, new Set(cases.map((looks) => looks[name])).size]).toEqual([name, FACTORS[name].length]);
  }
  await expectExportedPictures(stand, cases);
});
