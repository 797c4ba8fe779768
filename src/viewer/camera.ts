import type { Camera, Triple } from '../protocol';

/** In units of the box' longest side: how near the eye comes to what it looks at, and how far it goes. */
export const NEAREST = 0.05;
export const FARTHEST = 20;
/** Radians from straight above or below, where the picture would turn over. */
const STEEPEST = 1e-3;

export const dot = (one: Triple, other: Triple): number => one[0] * other[0] + one[1] * other[1] + one[2] * other[2];
const scaled = ([x, y, z]: Triple, by: number): Triple => [x * by, y * by, z * by];
const sum = (one: Triple, other: Triple): Triple => [one[0] + other[0], one[1] + other[1], one[2] + other[2]];
const difference = (one: Triple, other: Triple): Triple => sum(one, scaled(other, -1));
const length = (of: Triple): number => Math.sqrt(dot(of, of));
export const cross = (one: Triple, other: Triple): Triple => [
  one[1] * other[2] - one[2] * other[1],
  one[2] * other[0] - one[0] * other[2],
  one[0] * other[1] - one[1] * other[0],
];

/** Any direction that is level. */
function levelDirection(up: Triple): Triple {
  const other: Triple = Math.abs(up[0]) < 0.5 ? [1, 0, 0] : [0, 1, 0];
  const level = cross(up, other);
  return scaled(level, 1 / length(level));
}

/** A camera that went around what it looks at: to its right, and up, in radians. `up` has the length 1. */
export function orbited({ position, target }: Camera, up: Triple, right: number, above: number): Camera {
  const offset = difference(position, target);
  const radius = length(offset);
  if (radius === 0) return { position, target };
  const height = dot(offset, up);
  const level = difference(offset, scaled(up, height));
  const from = length(level) < 1e-9 * radius ? levelDirection(up) : scaled(level, 1 / length(level));
  const direction = sum(scaled(from, Math.cos(right)), scaled(cross(up, from), Math.sin(right)));
  const steepest = Math.PI / 2 - STEEPEST;
  const elevation = Math.asin(Math.max(-1, Math.min(1, height / radius))) + above;
  const angle = Math.max(-steepest, Math.min(steepest, elevation));
  const around = sum(scaled(direction, radius * Math.cos(angle)), scaled(up, radius * Math.sin(angle)));
  return { position: sum(target, around), target };
}

/** A camera that came `factor` times as near to what it looks at. */
export function approached({ position, target }: Camera, factor: number): Camera {
  const offset = difference(position, target);
  const radius = length(offset);
  if (radius === 0) return { position, target };
  const next = Math.max(NEAREST, Math.min(FARTHEST, radius / factor));
  return { position: sum(target, scaled(offset, next / radius)), target };
}
