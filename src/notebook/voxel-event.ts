import type { LayerValue, OverlaySettings, Plane, PointerEventName, PointerMessage, Triple } from '../protocol';
import type { OverlayLayer, Volume } from '../volume';

/** Where a person's pointer is on a view, or has clicked it. */
export interface VoxelEvent {
  readonly type: PointerEventName;
  readonly plane: Plane;
  /** The voxel [x, y, z]. */
  readonly position: Triple;
  readonly frame: number;
  /** The volume's value there: a number, or 3 or 4 of them for RGB and RGBA. Of several channels it is the first one's. */
  readonly value: number | readonly number[];
  /** The value of each channel, then of each overlay; null where an overlay has none, or none that the page knows. */
  readonly values: readonly LayerValue[];
  /** The name of the label there, of the topmost overlay that has one, else of the volume; null where there is none. */
  readonly label: string | null;
}

function isInside({ position, frame }: PointerMessage, { shape, frames }: Volume): boolean {
  return position.every((at, axis) => at < (shape[axis] as number)) && frame < frames;
}

/**
 * What a page told of its pointer, with the volume's values that it does not know, which are read.
 * @throws SlicescopeError `file-corrupt`, `file-unreadable`.
 */
export async function withValues(message: PointerMessage, volume: Volume): Promise<PointerMessage> {
  if (!isInside(message, volume)) return message;
  const { position, frame, values } = message;
  const own = Array.from({ length: volume.channels }, async (_, channel) => {
    return values[channel] ?? (await volume.readValue(...position, { frame, channel }));
  });
  return { ...message, values: [...(await Promise.all(own)), ...values.slice(volume.channels)] };
}

/**
 * What a page told of its pointer, as an event. Values of the volume that the page does not know, because it draws a coarser
 * level, or that JSON can't say, such as NaN, are looked up.
 * @returns null where it is about a volume that was shown before and had more voxels
 */
export function voxelEvent(
  message: PointerMessage,
  volume: Volume,
  overlays: readonly OverlayLayer[],
  looks: readonly OverlaySettings[],
): VoxelEvent | null {
  if (!isInside(message, volume)) return null;
  const { kind, plane, position, frame, values } = message;
  const own = Array.from(
    { length: volume.channels },
    (_, channel) => values[channel] ?? volume.valueAt(...position, { frame, channel }),
  );
  const over = overlays.map((_, at) => values[volume.channels + at] ?? null);
  const named = overlays.map((overlay, at) =>
    looks[at]?.visible === true ? overlay.labels?.[String(over[at])]?.name : undefined,
  );
  const names = [volume.labels?.[String(own[0])]?.name, ...named].filter((name) => name !== undefined);
  const value = own[0] ?? NaN;
  return { type: kind, plane, position, frame, value, values: [...own, ...over], label: names.at(-1) ?? null };
}
