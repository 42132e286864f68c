import { expect, test } from 'vitest';
import { memberProgram, type MemberProgramOptions } from '../../simulator/member.ts';
import { World } from '../../simulator/world.ts';

const key = (fill: number): Uint8Array => new Uint8Array(16).fill(fill);

/** Two nodes that join each other, each with an envelope of its own. */
function hashOf(
  mode: 'reference' | 'wire',
  one: Partial<MemberProgramOptions>,
  other: Partial<MemberProgramOptions>,
): string {
  const hosts = [one, other].map((options, index) => {
    return { name: `n${index}`, seed: true, program: memberProgram({ settings: 'fast', ...options }) };
  });
  const world = new World({ seed: 'strangers', hosts, faults: [], duration: 30_000_000, mode });
  world.run();
  return world.hash;
}

test.each<[string, Partial<MemberProgramOptions>, Partial<MemberProgramOptions>]>([
  ['two labels', { label: 'blue' }, { label: 'green' }],
  ['a label and none', { label: 'blue' }, {}],
  ['two keys', { keys: [key(1)] }, { keys: [key(2)] }],
  ['a key and none', { keys: [key(1)] }, {}],
])('strangers with %s refuse each other alike, as objects and as bytes', (_, one, other) => {
  expect(hashOf('reference', one, other)).toBe(hashOf('wire', one, other));
});
