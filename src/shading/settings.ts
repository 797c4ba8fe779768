import { PLANES, SlicescopeError, quote, type VolumeInfo, type ViewSettings } from '../protocol';
import { checkColormap } from './colormaps';
import { checkWindow } from './window';

/** The largest magnification, relative to the whole slice in the canvas. */
export const MAX_ZOOM = 256;

function refuse(caller: string, name: string, value: unknown, expected: string): SlicescopeError {
  const message = `${caller}: ${name} is ${quote(value)}, expected ${expected}`;
  return new SlicescopeError('invalid-argument', message, { argument: name });
}

function checkIndex(value: unknown, count: number, caller: string): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value >= count) {
    const message = `${caller}: index is ${quote(value)}, expected a whole number from 0 to ${String(count - 1)}`;
    const index = typeof value === 'number' ? value : NaN;
    throw new SlicescopeError('index-out-of-range', message, { index, count });
  }
  return value;
}

/** The index that stays when the number of slices changes. */
export function clampIndex(index: number, count: number): number {
  return Math.max(0, Math.min(count - 1, index));
}

/**
 * `settings` with the changes of `patch`, which may come from a person or from the wire and hold anything.
 * A new plane without an index starts at its middle slice. Keys that are no settings are an error.
 * @throws SlicescopeError `unknown-plane`, `index-out-of-range`, `invalid-window`, `unknown-colormap`,
 * `invalid-argument`; then nothing has changed.
 */
export function changeSettings(
  settings: ViewSettings,
  patch: Readonly<Record<string, unknown>>,
  volume: VolumeInfo,
  caller: string,
): ViewSettings {
  let { plane, index, window, colormap, rotation, zoom, center } = settings;
  const { plane: wanted } = patch;
  if (wanted !== undefined) {
    const known = PLANES.find((name) => name === wanted);
    if (known === undefined) {
      const message = `${caller}: there is no plane ${quote(wanted)}; choose one of ${PLANES.join(', ')}`;
      throw new SlicescopeError('unknown-plane', message, {
        plane: typeof wanted === 'string' ? wanted : quote(wanted),
      });
    }
    if (known !== plane) index = Math.floor(volume.planes[known].count / 2);
    plane = known;
  }
  for (const [name, value] of Object.entries(patch)) {
    if (value === undefined) continue;
    switch (name) {
      case 'plane':
        break;
      case 'index':
        index = checkIndex(value, volume.planes[plane].count, caller);
        break;
      case 'window':
        window = checkWindow(value, caller);
        break;
      case 'colormap':
        colormap = checkColormap(value, caller);
        break;
      case 'rotation':
        if (value !== 0 && value !== 1 && value !== 2 && value !== 3) {
          throw refuse(caller, name, value, '0, 1, 2 or 3 quarter turns clockwise');
        }
        rotation = value;
        break;
      case 'zoom':
        if (typeof value !== 'number' || !(value >= 1 / MAX_ZOOM && value <= MAX_ZOOM)) {
          throw refuse(caller, name, value, `a number from 1/${String(MAX_ZOOM)} to ${String(MAX_ZOOM)}`);
        }
        zoom = value;
        break;
      case 'center': {
        const point: readonly unknown[] = Array.isArray(value) && value.length === 2 ? value : [];
        const [x, y] = point;
        if (typeof x !== 'number' || typeof y !== 'number' || !Number.isFinite(x) || !Number.isFinite(y)) {
          throw refuse(caller, name, value, 'two numbers, [x, y]');
        }
        center = [x, y];
        break;
      }
      default:
        throw refuse(caller, name, value, 'one of plane, index, window, colormap, rotation, zoom, center');
    }
  }
  return { plane, index, window, colormap, rotation, zoom, center };
}

/** The settings in which `next` differs from `previous`. */
export function changedSettings(previous: ViewSettings, next: ViewSettings): Partial<ViewSettings> {
  const changed = Object.entries(next).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(previous[name as keyof ViewSettings]),
  );
  return Object.fromEntries(changed);
}
