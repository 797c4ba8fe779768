import { basename, dirname } from 'node:path';
import { SlicescopeError, messageOf } from '../protocol';
import { Volume } from '../volume';
import type { NiftiHeader } from './nifti-header';

/** The directions of the first three axes, row by row; null where there are fewer. */
function directionOf(matrix: ArrayLike<number>): readonly number[] | null {
  const rank = Math.sqrt(matrix.length);
  if (rank < 3) return null;
  // Adding 0 makes −0 an ordinary 0.
  return [0, 1, 2].flatMap((row) => [0, 1, 2].map((column) => (matrix[row * rank + column] ?? 0) + 0));
}

/** ITK-Wasm runs in 32-bit memory, where a larger array does not fit. */
const MAX_BYTES = 2 ** 31;

/**
 * Read a file that `scanFile` found whole, through ITK-Wasm. What ITK brings: LPS geometry from sform or
 * qform in millimetres, byte order, and slope and intercept, which turn integers into float32.
 * @param path absolute.
 * @throws SlicescopeError `unsupported-format`, `file-corrupt`, `file-unreadable`.
 */
export async function readNifti(path: string, header: NiftiHeader): Promise<Volume> {
  if (header.dataBytes > MAX_BYTES) {
    throw new SlicescopeError(
      'unsupported-format',
      `${path}: ${String(header.dataBytes)} bytes of voxels, of which ITK-Wasm reads at most ${String(MAX_BYTES)}`,
      { path },
    );
  }
  if (dirname(path) === '/') {
    throw new SlicescopeError(
      'file-unreadable',
      `${path}: ITK-Wasm cannot read in the root folder; move it into another`,
      {
        path,
      },
    );
  }
  const { niftiReadImageNode } = await import('@itk-wasm/image-io');
  const { couldRead, image } = await niftiReadImageNode(path).catch((cause: unknown) => {
    throw new SlicescopeError(
      'unsupported-format',
      `${path}: ITK-Wasm gave up on it (${messageOf(cause)}); most often its axes are skewed, and resampling helps`,
      { path },
      { cause },
    );
  });
  if (!couldRead || image === undefined) {
    const named = /\.nii(\.gz)?$/i.test(path);
    throw new SlicescopeError(
      'unsupported-format',
      `${path}: ${named ? 'ITK-Wasm does not take it for NIfTI' : 'NIfTI, but its name must end in .nii or .nii.gz'}`,
      { path },
    );
  }
  const { data, direction, spacing, origin } = image;
  const triple = (values: readonly number[], otherwise: number): [number, number, number] => {
    const [x = otherwise, y = otherwise, z = otherwise] = values;
    return [x, y, z];
  };
  try {
    return Volume.from(data, header.shape, {
      spacing: triple(spacing, 1),
      origin: triple(origin, 0),
      direction: header.oriented ? directionOf(direction) : null,
      frames: header.frames,
      components: header.components,
      name: basename(path).replace(/\.nii(\.gz)?$/i, ''),
      window: header.window,
    });
  } catch (cause) {
    throw new SlicescopeError(
      'file-corrupt',
      `${path}: its header is broken (${messageOf(cause)})`,
      { path },
      { cause },
    );
  }
}
