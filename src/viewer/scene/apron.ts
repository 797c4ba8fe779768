import { ARRAY_OF, type VoxelArray } from '../../protocol';
import type { Tile } from '../slice-cache';

/** Where a tile lies beside another one: its tiles on the left, above, … and at the corners. */
const SIDES = [-1, 0, 1].flatMap((down) => [-1, 0, 1].map((across) => [across, down] as const));

/** The tiles around `tile` and itself, row by row; undefined where there is none, or none that it can be mixed with. */
export function around(tile: Tile, tiles: readonly Tile[]): readonly (Tile | undefined)[] {
  const { rect, level } = tile;
  return SIDES.map(([across, down]) => {
    const isThere = (other: Tile): boolean =>
      isBeside(across, rect.x, rect.width, other.rect.x, other.rect.width) &&
      isBeside(down, rect.y, rect.height, other.rect.y, other.rect.height);
    return tiles.find(
      (other) =>
        other.level[0] === level[0] &&
        other.level[1] === level[1] &&
        other.dtype === tile.dtype &&
        other.components === tile.components &&
        other.window === tile.window &&
        isThere(other),
    );
  });
}

function isBeside(side: number, start: number, length: number, otherStart: number, otherLength: number): boolean {
  if (side === 0) return start === otherStart && length === otherLength;
  return side < 0 ? otherStart + otherLength === start : otherStart === start + length;
}

/**
 * The values of a tile with one pixel of its neighbours on each side, so that what lies between two tiles can be mixed
 * without a seam. Where there is no neighbour, the pixels at the border are there once more.
 */
export function withApron(tile: Tile, neighbours: readonly (Tile | undefined)[]): VoxelArray {
  const { width, height } = tile.rect;
  const { components, dtype } = tile;
  const wide = width + 2;
  const out = new ARRAY_OF[dtype](wide * (height + 2) * components);
  const at = (across: number, down: number): Tile | undefined => neighbours[3 * (down + 1) + across + 1];
  /** Pixels of a row that all lie on the same side of the tile, or in it; where nothing is, the nearest that are there. */
  const copy = (column: number, row: number, count: number): void => {
    let [across, down] = [sideOf(column, width), sideOf(row, height)];
    if (at(across, down) === undefined) {
      if (at(across, 0) !== undefined) down = 0;
      else across = 0;
    }
    if (at(across, down) === undefined) down = 0;
    const from = at(across, down) ?? tile;
    const x = across < 0 ? from.rect.width - 1 : across > 0 ? 0 : clamp(column, width);
    const y = down < 0 ? from.rect.height - 1 : down > 0 ? 0 : clamp(row, height);
    const start = (y * from.rect.width + x) * components;
    out.set(from.data.subarray(start, start + count * components), ((row + 1) * wide + column + 1) * components);
  };
  for (let row = -1; row <= height; row++) {
    copy(-1, row, 1);
    copy(0, row, width);
    copy(width, row, 1);
  }
  return out;
}

function sideOf(at: number, length: number): -1 | 0 | 1 {
  return at < 0 ? -1 : at < length ? 0 : 1;
}

function clamp(at: number, length: number): number {
  return Math.max(0, Math.min(length - 1, at));
}
