import { ARRAY_OF, HEADER_BYTES, LIMITS, SlicescopeError, writeHeader, type SliceRequest } from '../src/protocol';
import type { Volume } from '../src/volume';

/**
 * Cuts one slice into frames of at most `LIMITS.frameBytes`, as bands of whole rows, each when it is asked
 * for. A frame is a copy of the volume's values, made at once: a cell may write into the volume meanwhile.
 */
export class SliceCutter {
  readonly #volume: Volume;
  readonly #request: SliceRequest;
  readonly #channel: number;
  readonly #width: number;
  readonly #height: number;
  readonly #bandRows: number;
  #nextRow = 0;
  readonly #ready: Uint8Array[] = [];

  /** @throws SlicescopeError `limit-exceeded` if a frame does not even hold one row. */
  constructor(volume: Volume, request: SliceRequest, channel: number) {
    const { width, height } = volume.info(request.revision).planes[request.plane];
    const rowBytes = width * volume.components * volume.data.BYTES_PER_ELEMENT;
    this.#volume = volume;
    this.#request = request;
    this.#channel = channel;
    this.#width = width;
    this.#height = height;
    this.#bandRows = Math.floor((LIMITS.frameBytes - HEADER_BYTES) / rowBytes);
    if (this.#bandRows === 0) {
      const message = `A row of this slice has ${String(rowBytes)} bytes, more than can be sent. Show another plane, or export it.`;
      throw new SlicescopeError('limit-exceeded', message, { limit: 'frameBytes', value: rowBytes });
    }
  }

  get done(): boolean {
    return this.#nextRow >= this.#height && this.#ready.length === 0;
  }

  /** Cut all frames now, because the volume will not stay as it is. */
  cutAll(): void {
    while (this.#nextRow < this.#height) this.#ready.push(this.#cut());
  }

  next(): Uint8Array {
    return this.#ready.shift() ?? this.#cut();
  }

  #cut(): Uint8Array {
    const volume = this.#volume;
    const { requestId, revision, plane, index } = this.#request;
    const y = this.#nextRow;
    const rows = Math.min(this.#bandRows, this.#height - y);
    this.#nextRow += rows;
    const elements = rows * this.#width * volume.components;
    const frame = new Uint8Array(HEADER_BYTES + elements * volume.data.BYTES_PER_ELEMENT);
    writeHeader(frame, {
      channel: this.#channel,
      requestId,
      revision,
      plane,
      index,
      level: 0,
      dtype: volume.dtype,
      components: volume.components,
      width: this.#width,
      height: this.#height,
      tile: { x: 0, y, width: this.#width, height: rows },
      last: this.#nextRow >= this.#height,
    });
    volume.copySlice(plane, index, new ARRAY_OF[volume.dtype](frame.buffer, HEADER_BYTES, elements), y, rows);
    return frame;
  }
}
