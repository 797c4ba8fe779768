import { test } from '@jest/globals';
import { expectLargeSlices } from '../browser/large-slice';
import { usePage } from '../browser/page-stand';

const stand = usePage();

// A gigabyte, half of it a slice.
test('a slice of 16384 × 16384 opens, scrubs and zooms, with the exact values of what the screen can show', async () => {
  await expectLargeSlices(stand, 16_384, [16, 16]);
});
