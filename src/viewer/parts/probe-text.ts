import type { LayerValue, PointerMessage, ViewState } from '../../protocol';
import { exactNumber, roundedNumber } from '../../shading';
import { text } from '../text';
import type { Probe, Probed } from '../values/probe';
import { layersIn, shownKind } from '../values/windows';

const COLOURS = ['R', 'G', 'B', 'A'];

function valueText(state: ViewState, { layer, values, isNear, label }: Probed): string {
  if (values === null) return '…';
  const { dtype, rescale } = shownKind(state, layer);
  const numbers = values.map((value, at) => {
    const number = exactNumber(value, rescale === null ? dtype : 'float64');
    return values.length > 1 ? `${COLOURS[at] ?? ''} ${number}` : number;
  });
  return `${isNear ? '≈ ' : ''}${numbers.join(' ')}${label === null ? '' : ` ${label}`}`;
}

/** What a probe says to a person, and there is room for all of it or for its ends. */
export interface ProbeWords {
  readonly voxel: string;
  readonly place: string;
  readonly values: string;
}

/** What a probe says to a person; each begins with the space to what is before it. */
export function probeWords(state: ViewState, { voxel, position, layers }: Probe): ProbeWords {
  const { spacing, unit } = state.volume;
  const step = 10 ** (Math.floor(Math.log10(Math.min(...spacing))) - 2);
  const place = position.map((at) => roundedNumber(at, step)).join(', ');
  const values = layers.map((probed) => {
    const { kind, name } = probed.layer;
    const words = valueText(state, probed);
    return kind !== 'volume' && name !== '' ? `${name}: ${words}` : words;
  });
  return { voxel: `[${voxel.join(', ')}]`, place: `   ${place} ${unit}`, values: `   ${values.join('   ')}` };
}

/** The same for who listens: slice, and value where the pointer or the crosshair is. */
export function probeSpoken(state: ViewState, { voxel, layers }: Probe): string {
  const values = layers.map((probed) => valueText(state, probed)).join(', ');
  return text('value %1 at %2', values, voxel.join(', '));
}

/** The message that tells the kernel of it. */
export function pointerMessage(kind: PointerMessage['kind'], state: ViewState, probe: Probe): PointerMessage {
  const values = layersIn(state).map(({ layer }): LayerValue => {
    const found = probe.layers.find((each) => each.layer.layer === layer);
    if (found?.values == null || found.isNear || !found.values.every(Number.isFinite)) return null;
    return found.values.length === 1 ? (found.values[0] as number) : found.values;
  });
  return { kind, plane: probe.plane, position: probe.voxel, frame: probe.frame, values };
}
