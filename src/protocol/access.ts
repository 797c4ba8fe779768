import type { ClientMessage } from './messages';

/** What a page may do with the views of a kernel: change them too, or only look at them. */
export const ACCESSES = ['change', 'look'] as const;
export type Access = (typeof ACCESSES)[number];

const LOOKING: readonly string[] = ['hello', 'proof', 'open', 'close', 'credit', 'ping'];
const LOOKING_CONTENT: readonly string[] = ['wishes', 'histogram'];

/**
 * Whether a message changes no view and tells the kernel nothing. A page that may only look sends no other message, and
 * the companion takes no other from it. What is not listed here is refused, so a new message is for changing until it is.
 */
export function isLooking(message: ClientMessage): boolean {
  if (message.type !== 'comm') return LOOKING.includes(message.type);
  return message.data.method === 'custom' && LOOKING_CONTENT.includes(message.data.content.kind);
}
