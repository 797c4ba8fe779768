import { SlicescopeError, quote, type Window } from '../protocol';
import { checkWindow } from './window';

/** A window as radiologists name it: by the value in its middle and its width. */
function around(level: number, width: number): Window {
  return [level - width / 2, level + width / 2];
}

/**
 * Windows for CT in Hounsfield units, in the order in which a chooser has them. They are those of Radiopaedia's article
 * “Windowing (CT)”, https://radiopaedia.org/articles/windowing-ct, each by its level and width.
 */
export const CT_WINDOWS: {
  readonly [
    Name in
      | 'bone'
      | 'lung'
      | 'mediastinum'
      | 'abdomen'
      | 'liver'
      | 'brain'
      | 'stroke'
      | 'temporal-bone'
      | 'spine'
      | 'vascular'
  ]: Window;
} = {
  bone: around(400, 1800),
  lung: around(-600, 1500),
  mediastinum: around(50, 350),
  abdomen: around(50, 400),
  liver: around(30, 150),
  brain: around(40, 80),
  stroke: around(40, 40),
  'temporal-bone': around(600, 2800),
  spine: around(50, 250),
  vascular: around(200, 600),
};

export type WindowPreset = keyof typeof CT_WINDOWS;
export const WINDOW_PRESETS: readonly WindowPreset[] = Object.keys(CT_WINDOWS) as WindowPreset[];

/** A preset; or `auto`, the 0.5 and 99.5 percentiles of the volume's values; or `range`, the least and the greatest. */
export type WindowName = WindowPreset | 'auto' | 'range';

/** What the windows are computed from that depend on the values. */
export interface WindowSource {
  readonly autoWindow: Window;
  readonly rangeWindow: Window;
}

/**
 * A window as given by a person: [low, high], or its name.
 * @throws SlicescopeError `unknown-window`, which lists the names, or `invalid-window`.
 */
export function resolveWindow(value: unknown, source: WindowSource, caller: string): Window {
  if (typeof value !== 'string') return checkWindow(value, caller);
  if (value === 'auto') return source.autoWindow;
  if (value === 'range') return source.rangeWindow;
  const preset = WINDOW_PRESETS.find((name) => name === value);
  if (preset !== undefined) return CT_WINDOWS[preset];
  const names = ['auto', 'range', ...WINDOW_PRESETS].join(', ');
  const message = `${caller}: there is no window ${quote(value)}; give [low, high], or one of ${names}`;
  throw new SlicescopeError('unknown-window', message, { window: value });
}
