import { deflateSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { openVolume } from '../index';
import { filesFolder } from '../testing/files-folder';
import { metaFile } from '../testing/hostile-files';

const { put } = filesFolder();

const VALUES = Array.from({ length: 24 }, (_, i) => 1000 + i);
const little = Buffer.from(Uint16Array.from(VALUES).buffer);
const big = Buffer.from(little).swap16();

describe('MetaImage', () => {
  test('has its values, its distances, and where each axis points, one after the other', async () => {
    const fields = {
      ElementType: 'MET_USHORT',
      ElementSpacing: '1 2 3',
      Offset: '10 20 30',
      // x points to posterior, y to superior, z to left.
      TransformMatrix: '0 1 0 0 0 1 1 0 0',
    };
    const volume = await openVolume(put('scan.mha', metaFile(fields, little)));
    expect(volume.toString()).toBe('Volume "scan": 2 × 3 × 4 uint16, 1 × 2 × 3 mm');
    expect(Array.from(volume.data)).toEqual(VALUES);
    expect(volume.origin).toEqual([10, 20, 30]);
    expect(volume.direction).toEqual([0, 0, 1, 1, 0, 0, 0, 1, 0]);
    expect(volume.info(1).planes.xy).toMatchObject({ edges: { left: 'A', right: 'P', top: 'S', bottom: 'I' } });
  });

  test('may be big-endian, packed, and have its values in a file beside it', async () => {
    const fields = { ElementType: 'MET_USHORT', BinaryDataByteOrderMSB: 'True' };
    expect(Array.from((await openVolume(put('big.mha', metaFile(fields, big)))).data)).toEqual(VALUES);
    const packed = metaFile({ ...fields, CompressedData: 'True' }, deflateSync(big));
    expect(Array.from((await openVolume(put('packed.mha', packed))).data)).toEqual(VALUES);
    put('values.raw', Buffer.concat([Buffer.alloc(7), big]));
    for (const HeaderSize of ['7', '-1']) {
      const beside = metaFile({ ...fields, HeaderSize, ElementDataFile: 'values.raw' }, new Uint8Array(0));
      expect(Array.from((await openVolume(put('beside.mhd', beside))).data)).toEqual(VALUES);
    }
  });

  test('may have colours and frames', async () => {
    const fields = { DimSize: '2 3 1 4', NDims: '4', ElementNumberOfChannels: '3' };
    const bytes = Uint8Array.from({ length: 72 }, (_, i) => i);
    const volume = await openVolume(put('colours.mha', metaFile(fields, bytes)));
    expect(volume).toMatchObject({ components: 3, frames: 4, shape: [2, 3, 1] });
    expect(volume.valueAt(1, 2, 0, { frame: 3 })).toEqual([69, 70, 71]);
  });
});
