import { join } from 'node:path';
import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { madeByPython } from '../testing/python';
import { readAll, type ReadAnswer } from '../testing/read-all';

jest.setTimeout(60_000);
const { folder, printed } = madeByPython(join(__dirname, '../testing/write-odd-dicom.py'));
/** By name, the values that were written, or the colours that pydicom looks up. */
const expected = JSON.parse(printed) as Readonly<Record<string, readonly number[]>>;
const names = Object.keys(expected);

const answers: Map<string, ReadAnswer> = new Map();
beforeAll(() => {
  const found = readAll(names.map((name) => ({ paths: [join(folder, `${name}.dcm`)] })));
  for (const [at, answer] of found.entries()) answers.set(names[at] as string, answer);
});

function kindOf(name: string): Pick<ReadAnswer, 'dtype' | 'components'> {
  if (name.startsWith('bits')) return { dtype: 'uint8', components: 1 };
  if (name.startsWith('twelve')) return { dtype: name.includes('signed') ? 'int16' : 'uint16', components: 1 };
  return { dtype: name === 'palette-8' ? 'uint8' : 'uint16', components: 3 };
}

describe('packed bits, palettes and colours of 16 bits have the values that were written', () => {
  test.each(names)('%s', (name) => {
    expect(answers.get(name)).toEqual({ ...kindOf(name), shape: [5, 3, 2], data: expected[name], isShared: true });
  });
});
