import type { LabelInfo, Labels } from '../protocol';
import { colormapTable, labelIndex } from '../shading';
import { MOST_CHARACTERS, MOST_LABELS, MOST_NAME_CHARACTERS, type VolumeOptions } from '../volume';
import { hexColor } from './hex-color';

/** What a file says of labels, as far as a volume may have it, and sentences about the rest. */
export interface ReadLabels {
  readonly labels: Labels;
  readonly notes: readonly string[];
}

/** A label as a file has it. */
interface Said {
  readonly name?: string | undefined;
  readonly color?: string | undefined;
}

/** @param all in the file's order; of several of one value the last one counts. */
export function readLabels(all: Iterable<readonly [value: number | string, label: Said]>): ReadLabels {
  const labels = new Map<string, LabelInfo>();
  let [characters, left, cut] = [0, 0, 0];
  for (const [value, { name = '', color }] of all) {
    const key = String(value);
    if (labels.size >= MOST_LABELS && !labels.has(key)) {
      left += 1;
      continue;
    }
    const room = Math.max(0, Math.min(MOST_NAME_CHARACTERS, MOST_CHARACTERS - characters));
    const kept = name.slice(0, room);
    if (kept.length < name.length) cut += 1;
    characters += kept.length;
    labels.set(key, { ...(kept === '' ? {} : { name: kept }), ...(color === undefined ? {} : { color }) });
  }
  return {
    labels: Object.fromEntries(labels),
    notes: [
      ...(left === 0
        ? []
        : [`${String(left)} labels have no names and colours here: a volume describes up to ${String(MOST_LABELS)}.`]),
      ...(cut === 0 ? [] : [`The names of ${String(cut)} labels are cut: they are too long.`]),
    ],
  };
}

/** What else is known of a volume, with its labels. */
export function withLabels(options: VolumeOptions, read: ReadLabels | null): VolumeOptions {
  return read === null
    ? options
    : { ...options, labels: read.labels, notes: [...(options.notes ?? []), ...read.notes] };
}

/** The name that a label has in a file where each has one, if nobody gave it one. */
export function usualName(value: number): string {
  return `Segment ${String(value)}`;
}

/** The colour of a label that has none of its own. */
export function usualColor(value: number): string {
  const from = 4 * labelIndex(value);
  return hexColor([...colormapTable('labels').subarray(from, from + 3)]);
}
