/** The bounds of slicescope.v1, each with its unit. Both ends keep them; the server closes who does not. */
export const LIMITS = {
  /** Bytes of a binary frame, header included; larger slices come as tiles (tiles.ts). */
  frameBytes: 4_194_304,
  /** Bytes of a text message from a client. */
  messageBytes: 65_536,
  /** Frames that may be in flight to one client. */
  credits: 4,
  /** Tiles in one view's list of wishes. */
  wishes: 256,
  /** Views that one client may have open. */
  viewsPerClient: 1024,
  /** Sockets that have proved themselves. */
  clients: 256,
  /** Sockets that have not proved themselves yet. */
  strangers: 64,
  /** Milliseconds that a stranger may take to prove itself. */
  handshakeMs: 2000,
  /** Bytes that may wait in one client's socket before it counts as stalled and is closed. */
  backlogBytes: 20_971_520,
} as const;
