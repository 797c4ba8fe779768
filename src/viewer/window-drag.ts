import { areWhole, valueRange, type ValueKind, type Window } from '../protocol';

/** CSS pixels to the right that make a window twice as wide. */
const DOUBLING = 128;
/** CSS pixels down that move a window by its own width. */
const SHIFTING = 256;
/** The narrowest window of floats, as a share of its level: one that single precision still tells apart. */
const LEAST_SHARE = 2 ** -18;
const LEAST_WIDTH = 1e-30;

/**
 * A window after a drag by [x, y] CSS pixels from where it was `from`: to the right widens it, down raises its level
 * and so darkens the picture. The gain is the window's own width, whatever the data's range is. Never inverted; whole
 * numbers where values are whole.
 */
export function draggedWindow(from: Window, [x, y]: readonly [x: number, y: number], kind: ValueKind): Window {
  const [least, most] = valueRange(kind);
  const before = from[1] - from[0];
  const level = Math.min(most, Math.max(least, (from[0] + from[1]) / 2 + (before * y) / SHIFTING));
  const widest = areWhole(kind) ? 2 * (most - least) : Number.MAX_VALUE / 4;
  const width = Math.min(widest, before * 2 ** (x / DOUBLING));
  return windowAround(level, width, kind);
}

/** The window of this level and width that such values can have: at least one value wide. */
export function windowAround(level: number, width: number, kind: ValueKind): Window {
  if (areWhole(kind)) {
    const low = Math.round(level - width / 2);
    return [low, Math.max(low + 1, Math.round(level + width / 2))];
  }
  const wide = Math.max(width, Math.abs(level) * LEAST_SHARE, LEAST_WIDTH);
  return [level - wide / 2, level + wide / 2];
}
