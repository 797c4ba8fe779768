import type { DataSet } from 'dicom-parser';
import type { VolumeOptions } from '../../volume';
import { tidy } from '../times';

/** When a plane was taken, and what else tells it from others at its position. */
export interface PlaneFacts {
  /**
   * Seconds by each clock: since a heart beat, since the series' reference, of the day. Null if the
   * file does not say it.
   */
  readonly clocks: readonly (number | null)[];
  /** Such as a b-value or an echo time. */
  readonly labels: readonly (string | null)[];
}

/** From this clock on, only differences count: times of the day. */
const FIRST_OF_DAY = 2;

type Groups = readonly (DataSet | undefined)[];

/** @param groups the frame's functional groups, then those that all frames share. */
export function factsOf(dataSet: DataSet, groups: Groups): PlaneFacts {
  const inGroup = (sequence: string, tag: string): { readonly of: DataSet; readonly tag: string } | null => {
    for (const group of groups) {
      const item = group?.elements[sequence]?.items?.[0]?.dataSet;
      if (item?.elements[tag] !== undefined) return { of: item, tag };
    }
    return null;
  };
  const number = (sequence: string, tag: string): number | null => {
    const found = inGroup(sequence, tag);
    return found === null ? null : numberOf(found.of.double(found.tag));
  };
  const text = (tag: string): string => dataSet.string(tag)?.trim() ?? '';
  const milliseconds = (tag: string): number | null => {
    const value = numberOf(text(tag) === '' ? undefined : Number(text(tag)));
    return value === null ? null : tidy(value / 1000);
  };
  const delay = number('x00189118', 'x00209153');
  const frameTime = inGroup('x00209111', 'x00189074');
  const date = frameTime?.of.string(frameTime.tag) ?? text('x0008002a');
  const b = number('x00189117', 'x00189087') ?? bValueOf(dataSet);
  const echo =
    number('x00189114', 'x00189082') ?? numberOf(text('x00180081') === '' ? undefined : Number(text('x00180081')));
  return {
    clocks: [
      delay === null ? milliseconds('x00181060') : tidy(delay / 1000), // TriggerTime
      milliseconds('x00541300'), // FrameReferenceTime
      secondsOf(date) ?? secondsOf(`${text('x00080022') || '19700101'}${text('x00080032')}`),
    ],
    labels: [b === null ? null : `b = ${String(b)} s/mm²`, echo === null ? null : `TE = ${String(echo)} ms`],
  };
}

function numberOf(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}

function bValueOf(dataSet: DataSet): number | null {
  return dataSet.elements.x00189087?.length === 8 ? numberOf(dataSet.double('x00189087')) : null;
}

/** Seconds since 1970 of a date and time (DT), as if it were UTC. Null without a time of day. */
function secondsOf(text: string): number | null {
  const found = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)?(\d\d)?(\.\d{1,6})?/.exec(text.trim());
  if (found === null) return null;
  const [year = 0, month = 1, day = 1, hours = 0, minutes = 0, seconds = 0, fraction = 0] = found
    .slice(1)
    .map((part: string | undefined) => Number(part ?? 0));
  return Date.UTC(year, month - 1, day, hours, minutes, seconds) / 1000 + fraction;
}

/**
 * Times and labels of frames, from the first slice of each. Times are those of the first clock that
 * all frames have and that rises from each to the next. Labels are what differs between frames.
 */
export function framesSaid(planes: readonly PlaneFacts[]): Pick<VolumeOptions, 'frameTimes' | 'frameLabels'> {
  const [first] = planes;
  if (first === undefined || planes.length === 1) return {};
  const times = first.clocks.map((_, clock) => planes.map(({ clocks }) => clocks[clock] ?? NaN));
  const goesOn = (each: readonly number[]): boolean =>
    each.every((time, at) => Number.isFinite(time) && (at === 0 || time > (each[at - 1] as number)));
  const clock = times.findIndex(goesOn);
  const start = clock === FIRST_OF_DAY ? (times[clock]?.[0] ?? 0) : 0;
  const differs = first.labels.map((_, at) => new Set(planes.map(({ labels }) => labels[at])).size > 1);
  const labels = planes.map((plane) => plane.labels.filter((each, at) => differs[at] && each !== null).join(', '));
  return {
    frameTimes: times[clock]?.map((time) => tidy(time - start)) ?? null,
    frameLabels: labels.some((label) => label !== '') ? labels : null,
  };
}

/**
 * When the frames of a film were taken, from FrameTime (between any two) or FrameTimeVector (before
 * each), in milliseconds.
 */
export function filmTimes(dataSet: DataSet, frames: number): readonly number[] | null {
  const numbers = (tag: string): readonly number[] => (dataSet.string(tag) ?? '').split('\\').map(Number);
  const vector = numbers('x00181065');
  const [between = 0] = numbers('x00181063');
  const steps =
    vector.length === frames && frames > 1 ? vector : between > 0 ? Array.from({ length: frames }, () => between) : [];
  if (steps.length !== frames || frames === 1 || !steps.every(Number.isFinite)) return null;
  let time = 0;
  return steps.map((step, frame) => {
    time += frame === 0 ? 0 : step;
    return tidy(time / 1000);
  });
}
