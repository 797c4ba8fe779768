import { inflateRawSync } from 'node:zlib';
import {
  LIMITS,
  decodeFrame,
  fromPlanes,
  parseServerMessage,
  voxelsOf,
  type Frame,
  type PreviewSettings,
  type ServerMessage,
  type TileWish,
  type VoxelArray,
} from '../../src/protocol';
import { Session, type Sink } from '../session';
import type { Views } from '../views';
import { tileWish } from './client';

/** The voxels of a frame that came raw or packed. */
export function valuesOf(frame: Frame | undefined): VoxelArray | undefined {
  if (frame === undefined || frame.encoding === 'preview') return undefined;
  return frame.encoding === 'raw' ? voxelsOf(frame, frame.payload) : fromPlanes(frame, inflateRawSync(frame.payload));
}

/** What a test says of a tile that it wishes for. */
export type Wish = Pick<TileWish, 'index'> & Partial<TileWish>;

/**
 * The other end of a session, without a socket. It counts the frames in flight: those that were sent and
 * not yet taken. More of them than it has granted is an error where it happens.
 */
export class FakePeer implements Sink {
  readonly session: Session;
  readonly messages: ServerMessage[] = [];
  /** Frames that were sent and that the client has not taken yet. */
  readonly inFlight: Frame[] = [];
  closed: { readonly code: number; readonly reason: string } | null = null;
  bufferedAmount = 0;
  mostInFlight = 0;
  #credits = 0;
  #wake: () => void = () => undefined;
  #lastRequest = 0;

  constructor(views: Views) {
    this.session = new Session(views, this);
  }

  send(data: string | Uint8Array, done?: () => void): void {
    if (typeof data === 'string') {
      this.messages.push(parseServerMessage(data));
      done?.();
      this.#wake();
      return;
    }
    if (data.byteLength > LIMITS.frameBytes) throw new Error(`a frame of ${String(data.byteLength)} bytes`);
    if (this.#credits === 0) throw new Error('a frame without a credit');
    this.#credits -= 1;
    this.inFlight.push(decodeFrame(new Uint8Array(data).buffer));
    done?.();
    this.mostInFlight = Math.max(this.mostInFlight, this.inFlight.length);
    this.#wake();
  }

  close(code: number, reason: string): void {
    this.closed = { code, reason };
  }

  open(viewId: string): void {
    this.session.receive({ type: 'open', viewId });
  }

  grant(frames: number): void {
    this.#credits = Math.min(LIMITS.credits, this.#credits + frames);
    this.session.receive({ type: 'credit', frames });
  }

  /**
   * Wish for these tiles, and for nothing else in this view. One without an id gets the next one.
   * @returns their ids
   */
  wish(viewId: string, revision: number, tiles: readonly Wish[], preview: PreviewSettings | null = null): number[] {
    const all = tiles.map((tile) => tileWish({ requestId: tile.requestId ?? ++this.#lastRequest, ...tile }));
    const content = { kind: 'wishes', revision, preview, tiles: all } as const;
    this.session.receive({ type: 'comm', viewId, msgId: '', data: { method: 'custom', content } });
    return all.map(({ requestId }) => requestId);
  }

  /** Wish for one slice in one tile. @returns its id */
  request(viewId: string, revision: number, index: number, more: Partial<TileWish> = {}): number {
    return this.wish(viewId, revision, [{ index, ...more }])[0] as number;
  }

  /** Wait for the next frame or message. */
  async next(): Promise<void> {
    await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  /** Take the oldest frame in flight, and grant another one for it, as a page does. */
  take(): Frame {
    const frame = this.inFlight.shift();
    if (frame === undefined) throw new Error('no frame is in flight');
    this.grant(1);
    return frame;
  }

  /** Take frames until none is in flight. */
  drain(): Frame[] {
    const frames: Frame[] = [];
    while (this.inFlight.length > 0) frames.push(this.take());
    return frames;
  }
}
