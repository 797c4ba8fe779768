import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ARRAY_OF, DTYPES } from '../../protocol';
import { unsupported, type OnFraction } from '../format';
import { colorsLeftOut, leftOut, timesOf } from '../left-out';
import type { Content, Plain, WriteOptions, Writer } from '../writer';
import { arrayMetadata, channelsOf, groupMetadata, isDrawnOtherwise, type Metadata } from './describe';
import { MAX_CHUNK_BYTES } from './store';
import { least, targetsOf, type Target } from './targets';
import { writeLevel } from './write-level';

const DEFAULT_LEVEL = 1;
const DEFAULT_VERSION = '0.5';

function put(folder: string, files: Metadata): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(folder, name), JSON.stringify(content, null, 2), { flag: 'wx' });
  }
}

async function write(content: Content, folder: string, given: WriteOptions, onFraction: OnFraction): Promise<void> {
  const options = {
    ...given,
    version: given.version ?? DEFAULT_VERSION,
    compression: given.compression ?? DEFAULT_LEVEL,
  };
  const targets = targetsOf(content, options);
  put(folder, groupMetadata(content, targets, options.version));
  const voxelsOf = ({ shape }: Target): number => shape[0] * shape[1] * shape[2] * channelsOf(content) * content.frames;
  const all = targets.reduce((sum, target) => sum + voxelsOf(target), 0);
  let done = 0;
  for (const [number, target] of targets.entries()) {
    put(join(folder, String(number)), arrayMetadata(content, target, options.compression, options.version));
    await writeLevel(content, { folder, number, options }, (fraction) => {
      onFraction((done + fraction * voxelsOf(target)) / all);
    });
    done += voxelsOf(target);
  }
}

/** What of a volume no OME-Zarr holds. */
function check(plain: Plain, path: string, { chunks }: WriteOptions): readonly string[] {
  const { dtype, components } = plain;
  if (chunks !== undefined) {
    const bytes = least(chunks, plain.shape).reduce(
      (product, each) => product * each,
      ARRAY_OF[dtype].BYTES_PER_ELEMENT,
    );
    if (bytes > MAX_CHUNK_BYTES) {
      const what = `chunks of ${chunks.join(' × ')} ${dtype} have ${String(bytes)} bytes`;
      throw unsupported(path, `${what}; write smaller ones, of at most ${String(MAX_CHUNK_BYTES)}`);
    }
  }
  const times = timesOf(plain) === null ? [] : (['frameTimes'] as const);
  const otherwise = 'where the volume has none, those are written that a view starts with';
  return [
    ...leftOut(plain, 'OME-Zarr', ['spacing', 'origin', 'window', 'labels', 'channelInfo', ...times]),
    ...(isDrawnOtherwise(plain) ? [`OME-Zarr has a window and a colour of each channel: ${otherwise}.`] : []),
    ...colorsLeftOut(plain),
    ...(plain.channelInfo?.every(({ visible }) => !visible) === true
      ? ['Volume.open switches all channels on if all are off, as here.']
      : []),
    ...(components === 1
      ? []
      : [`OME-Zarr has no colours: each of the ${String(components)} is written as a channel.`]),
  ];
}

/** OME-Zarr with levels of detail, chunk by chunk. */
export const zarr: Writer = {
  name: 'zarr',
  title: 'OME-Zarr',
  endings: ['.zarr'],
  isStore: true,
  dtypes: DTYPES,
  heeds: ['compression', 'version', 'chunks', 'levels'],
  holdsRescale: () => false,
  check,
  write,
};
