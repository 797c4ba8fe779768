import type { VolumeInfo } from '../protocol';

/** Seconds from which on a time is written in minutes and hours. */
const LONG = 600;

/** What is said of a frame besides its number, such as `12.5 s` or `b = 1000 s/mm²`; empty if nothing is known of it. */
export function frameText(
  { frameTimes, frameLabels }: Pick<VolumeInfo, 'frameTimes' | 'frameLabels'>,
  frame: number,
): string {
  const time = frameTimes?.[frame];
  const longest = frameTimes?.reduce((most, each) => Math.max(most, Math.abs(each)), 0) ?? 0;
  const label = frameLabels?.[frame] ?? '';
  return [time === undefined ? '' : timeText(time, longest), label].filter((each) => each !== '').join(', ');
}

/** All times of a volume in one unit, which the longest one decides. */
function timeText(seconds: number, longest: number): string {
  if (longest < 1) return `${String(Number((1000 * seconds).toPrecision(6)))} ms`;
  if (longest < LONG) return `${String(Number(seconds.toPrecision(6)))} s`;
  const whole = Math.round(Math.abs(seconds));
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  return `${seconds < 0 ? '−' : ''}${String(Math.floor(whole / 3600))}:${two((whole / 60) % 60)}:${two(whole % 60)}`;
}
