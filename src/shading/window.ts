import { SlicescopeError, quote, type Window } from '../protocol';

/**
 * A window as given by a person.
 * @throws SlicescopeError `invalid-window` unless it is two finite numbers, low < high.
 */
export function checkWindow(value: unknown, caller: string): Window {
  const ends: readonly unknown[] = Array.isArray(value) ? value : [value];
  const refuse = (what: string): SlicescopeError =>
    new SlicescopeError('invalid-window', `${caller}: the window ${quote(value)} ${what}`, { window: ends });
  const [low, high] = ends;
  if (ends.length !== 2 || typeof low !== 'number' || typeof high !== 'number') {
    throw refuse('is not two numbers, [low, high]');
  }
  if (!Number.isFinite(low) || !Number.isFinite(high)) throw refuse('has an end that is not finite');
  if (low === high) throw refuse('has no width; low must be less than high');
  if (low > high) throw refuse('is reversed; give it as [low, high]');
  return [low, high];
}

/**
 * Where in a colour map of 256 colours a value lies: 255 t, t = clamp((v − low) / (high − low), 0, 1); NaN for NaN. Of stored
 * values low may be the greater end.
 */
export function colorPlace(value: number, [low, high]: Window): number {
  const t = (value - low) / (high - low);
  return 255 * (t < 0 ? 0 : t > 1 ? 1 : t);
}

/**
 * Which of a colour map's 256 colours a value takes where no colours are mixed: round(255 t), halves rounded up. NaN has
 * no colour; the caller draws it transparent.
 */
export function colorIndex(value: number, window: Window): number {
  return Math.floor(colorPlace(value, window) + 0.5);
}
