import type { Ratio } from '../core/ports/random.ts';

/**
 * What a draw is for. Every draw about a packet is a pure function of (seed, purpose, from, to, send time, nth packet
 * of the sender in that microsecond), so that taking one fault out of a schedule moves no other draw.
 */
export const Purpose = {
  latency: 1,
  loss: 2,
  burst: 3,
  duplicate: 4,
  reorder: 5,
  reorderBy: 6,
  corrupt: 7,
  truncate: 8,
  damage: 9,
  copyLatency: 10,
} as const;

const TWO_TO_32 = 4_294_967_296;

/** A seed as 32 bits, and any other text that has to become a number. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return finish(hash ^ text.length);
}

/** What all draws about one packet have in common. */
export function packetKey(
  seed: number,
  from: number,
  to: number,
  timeLow: number,
  timeHigh: number,
  nth: number,
): number {
  let hash = mix(seed, from);
  hash = mix(hash, to);
  hash = mix(hash, timeLow);
  hash = mix(hash, timeHigh);
  return finish(mix(hash, nth));
}

/** 32 bits for one purpose. `salt` keeps equal purposes of different faults apart. */
export function draw(key: number, purpose: number, salt = 0): number {
  return finish(mix(mix(key, purpose), salt)) >>> 0;
}

/** True for the ratio's share of all draws. */
export function isWithin(drawn: number, ratio: Ratio): boolean {
  return drawn * ratio[1] < ratio[0] * TWO_TO_32;
}

/** A whole number in [0, below). */
export function scaled(drawn: number, below: number): number {
  return Math.floor((drawn * below) / TWO_TO_32);
}

export function mix(hash: number, value: number): number {
  let word = Math.imul(value, 0xcc9e2d51);
  word = Math.imul((word << 15) | (word >>> 17), 0x1b873593);
  const merged = hash ^ word;
  return (Math.imul((merged << 13) | (merged >>> 19), 5) + 0xe6546b64) | 0;
}

export function finish(hash: number): number {
  let bits = hash ^ (hash >>> 16);
  bits = Math.imul(bits, 0x85ebca6b);
  bits ^= bits >>> 13;
  bits = Math.imul(bits, 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}
