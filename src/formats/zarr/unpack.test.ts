import { expect, test } from '@jest/globals';
import { unpack } from './unpack';

/** A block that is the last one, as it is or one byte repeated. https://www.rfc-editor.org/rfc/rfc8878 */
function block(size: number, isRepeated: boolean): readonly number[] {
  const header = (size << 3) | (isRepeated ? 2 : 0) | 1;
  return [header & 255, (header >> 8) & 255, header >> 16];
}

const MAGIC = [0x28, 0xb5, 0x2f, 0xfd];
const zstd = (bytes: readonly number[], mostBytes: number): Promise<Uint8Array> =>
  unpack('zstd', Uint8Array.from(bytes), mostBytes);
/** A Zstandard frame of up to 255 bytes, which says how many they are. */
const frame = (bytes: readonly number[]): readonly number[] => [
  ...MAGIC,
  0x20,
  bytes.length,
  ...block(bytes.length, false),
  ...bytes,
];

test('a broken frame is refused, and the next one has its own bytes again', async () => {
  const content = Array.from({ length: 200 }, (_, at) => at);
  const broken = frame(content).slice(0, -1);
  await expect(zstd(broken, 200)).rejects.toThrow('a Zstandard frame that is broken, or more than 200 bytes');
  expect([...(await zstd(frame(content), 200))]).toEqual(content);
});

test('what is more than it may be is refused, whether it says so or not', async () => {
  await expect(zstd(frame(Array<number>(200).fill(1)), 199)).rejects.toThrow('more than 199 bytes');
  // No size, a window of 128 KB, and a byte that is repeated as often.
  const bomb = [...MAGIC, 0, 0x38, ...block(2 ** 17, true), 7];
  await expect(zstd(bomb, 2 ** 17 - 1)).rejects.toThrow('more than 131071 bytes');
  expect(await zstd(bomb, 2 ** 17)).toEqual(new Uint8Array(2 ** 17).fill(7));
});
