import { finish, mix } from './draws.ts';

/**
 * Freezes a message through and through, and adds up its byte fields, which cannot be frozen. The same number comes
 * out again as long as nobody wrote into them.
 */
export function sealMessage(message: unknown): number {
  return finish(visit(message, 0));
}

function visit(value: unknown, sum: number): number {
  if (typeof value !== 'object' || value === null) return sum;
  if (ArrayBuffer.isView(value)) {
    const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    let hash = mix(sum, bytes.length);
    for (const byte of bytes) hash = mix(hash, byte);
    return hash;
  }
  Object.freeze(value);
  let hash = sum;
  for (const inner of Object.values(value)) hash = visit(inner, hash);
  return hash;
}
