/**
 * The challenge and response that opens a connection. Both sides prove that they hold the companion's
 * secret with HMAC-SHA-256 over both nonces and their own role, and neither sends it. Fresh nonces on
 * both sides make a recorded proof worthless; the roles keep one side's proof from being sent back to it.
 */
export type Role = 'server' | 'client';

/** What the side in `role` signs; nonces are 64 hexadecimal digits. */
export function proofText(role: Role, clientNonce: string, serverNonce: string): string {
  return `slicescope.v1 ${role} ${clientNonce} ${serverNonce}`;
}
