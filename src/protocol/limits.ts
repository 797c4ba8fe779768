/**
 * The bounds and timings of slicescope.v1, each with its unit; docs/protocol.md says what happens past each.
 * They are defaults: `serve`, `Session` and `Connection` take others as an option.
 */
export const LIMITS = {
  /** Bytes of a binary frame, header included; larger slices come as tiles (tiles.ts). */
  frameBytes: 4_194_304,
  /** Bytes of a text message from a client. */
  messageBytes: 65_536,
  /** Text messages from one client within a second. */
  messagesPerSecond: 10_000,
  /** Frames that may be in flight to one client. */
  credits: 4,
  /** Frames that a page on the companion's machine grants: more would wait before it, and the slice that is needed behind them. */
  localCredits: 2,
  /** Frames of the WebSocket that one text message may be divided into. */
  messageFragments: 64,
  /** Tiles in one view's list of wishes. */
  wishes: 256,
  /** Views that one client may have open. */
  viewsPerClient: 1024,
  /** Sockets that have proved themselves. */
  clients: 256,
  /** Connections of any kind that have not proved themselves; with one more the oldest is hung up on. */
  strangers: 512,
  /** Bytes that all of them together may have sent; with more, the one that has sent most is hung up on. */
  strangersBytes: 1_048_576,
  /** Milliseconds that a stranger may take to send its request, and again to prove itself. */
  handshakeMs: 2000,
  /** Milliseconds that a browser may take to read an answer, such as the page's script. */
  answerMs: 30_000,
  /** Bytes that may wait in one client's socket before it counts as stalled: all of its credits, and 1 MiB of text. */
  backlogBytes: 17_825_792,
  /** Milliseconds between two pings of a page. */
  heartbeatMs: 4000,
  /** Pings in a row after which a page that has heard nothing connects anew. */
  missedHeartbeats: 3,
  /** Milliseconds after which the companion drops a page that says nothing; browsers let hidden pages ping once a minute. */
  silenceMs: 150_000,
  /** Milliseconds that a page waits for an answer while it connects. */
  connectMs: 5000,
  /** Milliseconds: the longest wait before the first attempt to connect again; it doubles with each. */
  retryMs: 250,
  /** Milliseconds: the longest wait before any attempt. */
  maxRetryMs: 10_000,
} as const;

export type Limits = { readonly [Name in keyof typeof LIMITS]: number };
