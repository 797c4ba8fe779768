import { VOLUME_ITSELF, type ClientComm } from '../../protocol';

/** The message that wishes for one slice of xy, exact and in one tile, of a view's first revision. */
export function wishFor(requestId: number, index: number): ClientComm {
  const tile = {
    requestId,
    plane: 'xy',
    index,
    ...VOLUME_ITSELF,
    level: [0, 0],
    tile: [0, 0],
    priority: 'view',
    encoding: 'raw',
  } as const;
  return { method: 'custom', content: { kind: 'wishes', revision: 1, preview: null, tiles: [tile] } };
}
