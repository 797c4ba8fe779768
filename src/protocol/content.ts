import { quote } from './errors';
import { UINT32, fieldsOf, listIn, nameIn, refuse, wholeIn, type Fields } from './fields';
import type { Limits } from './limits';
import { PLANES, type Plane, type PointerEventName, type Triple } from './types';
import { parseWishList, type WishList } from './wishes';

/** The most bars of a histogram. */
export const MAX_BINS = 256;

/** The most layers whose values are told of one voxel. */
const MAX_VALUES = 256;

/** What `Histogram.percentiles` are: so many percent of the values lie below each. */
export const HISTOGRAM_PERCENTS = [0.5, 1, 2, 5, 50, 95, 98, 99, 99.5] as const;

/** Asks for the histogram of all values of one frame of a layer. */
export interface HistogramRequest {
  readonly kind: 'histogram';
  /** Which volume of the view: its channels from 0 on, then its overlays. */
  readonly layer: number;
  readonly frame: number;
  /** From 1 to 256: bars between the least and the greatest value, at most. */
  readonly bins: number;
}

/** What a layer has at a voxel; null where that is not known, not a finite number, or no value at all. */
export type LayerValue = number | readonly number[] | null;

/** Where the pointer is, or has clicked. */
export interface PointerMessage {
  readonly kind: PointerEventName;
  readonly plane: Plane;
  /** The voxel, three whole numbers. */
  readonly position: Triple;
  readonly frame: number;
  /** One for each layer, as far as the page knows them. */
  readonly values: readonly LayerValue[];
}

/** What a page says of a view, besides its settings. */
export type ClientContent = WishList | HistogramRequest | PointerMessage;

/** How often which values are there: bar i has those from low + i · w on, up to below low + (i + 1) · w. */
export interface Histogram {
  readonly kind: 'histogram';
  /** Of the volume whose values these are. */
  readonly revision: number;
  readonly layer: number;
  readonly frame: number;
  /** The least and the greatest finite value; null if there is none, and then `counts` and `percentiles` are empty. */
  readonly range: readonly [min: number, max: number] | null;
  /** Where the first bar starts and the last one ends, low < high: w is their distance by the number of bars. */
  readonly edges: readonly [low: number, high: number];
  /** Number of values in each bar; NaN and infinities are in none. */
  readonly counts: readonly number[];
  /** Values at `HISTOGRAM_PERCENTS`. */
  readonly percentiles: readonly number[];
}

/** What a companion says of a view, besides its state. */
export type ServerContent = Histogram;

function numbersIn(fields: Fields, name: string, length: readonly [least: number, most: number]): readonly number[] {
  const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
  const values = listIn(fields, name, length);
  if (!values.every(isNumber)) throw refuse(`${name} is ${quote(values)}, expected finite numbers`);
  return values;
}

function layerValue(value: unknown): LayerValue {
  if (value === null) return null;
  if (Array.isArray(value)) return numbersIn({ value }, 'value', [3, 4]);
  return numbersIn({ value: [value] }, 'value', [1, 1])[0] as number;
}

function histogramRequest(fields: Fields): HistogramRequest {
  const bins = wholeIn(fields, 'bins', MAX_BINS);
  if (bins === 0) throw refuse(`bins is 0, expected 1 to ${String(MAX_BINS)}`);
  return { kind: 'histogram', layer: wholeIn(fields, 'layer', UINT32), frame: wholeIn(fields, 'frame', UINT32), bins };
}

function pointerMessage(fields: Fields, kind: PointerEventName): PointerMessage {
  const position = listIn(fields, 'position', [3, 3]).map((at) => wholeIn({ position: at }, 'position', UINT32));
  return {
    kind,
    plane: nameIn(fields, 'plane', PLANES),
    position: position as unknown as Triple,
    frame: wholeIn(fields, 'frame', UINT32),
    values: listIn(fields, 'values', [0, MAX_VALUES]).map(layerValue),
  };
}

/** @throws SlicescopeError `protocol-error`. */
export function parseClientContent(value: unknown, limits: Limits): ClientContent {
  const fields = fieldsOf(value, 'content');
  switch (fields.kind) {
    case 'wishes':
      return parseWishList(fields, limits);
    case 'histogram':
      return histogramRequest(fields);
    case 'probe':
    case 'click':
      return pointerMessage(fields, fields.kind);
    default:
      throw refuse(`custom content of kind ${quote(fields.kind)}`);
  }
}

/** @throws SlicescopeError `protocol-error`. */
export function parseServerContent(value: unknown): ServerContent {
  const fields = fieldsOf(value, 'content');
  if (fields.kind !== 'histogram') throw refuse(`custom content of kind ${quote(fields.kind)}`);
  const range = fields.range === null ? null : (numbersIn(fields, 'range', [2, 2]) as readonly [number, number]);
  const edges = numbersIn(fields, 'edges', [2, 2]) as readonly [number, number];
  if (!(edges[0] < edges[1])) throw refuse(`edges are ${quote(edges)}, expected low < high`);
  const { length } = HISTOGRAM_PERCENTS;
  return {
    kind: 'histogram',
    revision: wholeIn(fields, 'revision', UINT32),
    layer: wholeIn(fields, 'layer', UINT32),
    frame: wholeIn(fields, 'frame', UINT32),
    range,
    edges,
    counts: numbersIn(fields, 'counts', range === null ? [0, 0] : [1, MAX_BINS]),
    percentiles: numbersIn(fields, 'percentiles', range === null ? [0, 0] : [length, length]),
  };
}
