import { draw, Purpose, scaled } from './draws.ts';

/** A copy with one to four bits turned over. */
export function corrupted(bytes: Uint8Array, key: number, salt: number): Uint8Array {
  const copy = bytes.slice();
  if (copy.length === 0) return copy;
  const flips = 1 + scaled(draw(key, Purpose.damage, salt), 4);
  for (let flip = 1; flip <= flips; flip++) {
    const bit = scaled(draw(key, Purpose.damage + flip * 16, salt), copy.length * 8);
    copy[bit >>> 3] = (copy[bit >>> 3] as number) ^ (1 << (bit & 7));
  }
  return copy;
}

/** A copy that ends too early. */
export function truncated(bytes: Uint8Array, key: number, salt: number): Uint8Array {
  return bytes.slice(0, scaled(draw(key, Purpose.damage + 128, salt), bytes.length));
}
