import { rename, rm, writeFile } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { SlicescopeError, messageOf } from '../protocol';
import type { Picture } from '../shading';
import { loadSharp } from './sharp';

function isOpaque(data: Uint8Array): boolean {
  for (let alpha = 3; alpha < data.length; alpha += 4) if (data[alpha] !== 255) return false;
  return true;
}

/** The bytes of a PNG: 8-bit RGB, or RGBA where a pixel is transparent. */
export async function encodePng({ width, height, data }: Picture): Promise<Uint8Array> {
  const sharp = await loadSharp();
  const image = sharp(data, { raw: { width, height, channels: 4 } });
  return await (isOpaque(data) ? image.removeAlpha() : image).png().toBuffer();
}

/**
 * Where a picture goes, as an absolute path.
 * @throws SlicescopeError `invalid-argument`, `unsupported-format`.
 */
export function checkPngPath(path: unknown, caller: string): string {
  if (typeof path !== 'string' || path === '') {
    throw new SlicescopeError('invalid-argument', `${caller}: expected the path of a PNG file to write`, {
      argument: 'path',
    });
  }
  if (extname(path).toLowerCase() !== '.png') {
    const message = `${caller}: ${path} does not end in .png, the only format that can be written`;
    throw new SlicescopeError('unsupported-format', message, { path });
  }
  return resolve(path);
}

/**
 * Write a file that appears whole or not at all.
 * @throws SlicescopeError `write-failed`.
 */
export async function writeWhole(path: string, bytes: Uint8Array, caller: string): Promise<void> {
  const partial = `${path}.${String(process.pid)}.${String(performance.now())}.part`;
  try {
    await writeFile(partial, bytes, { flag: 'wx' });
    await rename(partial, path);
  } catch (cause) {
    await rm(partial, { force: true }).catch(() => undefined);
    const message = `${caller}: ${path} can't be written (${messageOf(cause)}); choose a folder that exists and is yours`;
    throw new SlicescopeError('write-failed', message, { path }, { cause });
  }
}
