import { describe, expect, onTestFinished, test } from 'vitest';
import { Amplification } from './amplification.ts';

const KEY = new Uint8Array(32).fill(5);

describe.each([
  ['in plain text', undefined],
  ['under the key, as with recorded questions that are sent again', KEY],
])('%s', (_how, key) => {
  test('no question of a stranger gets more bytes than it has, and nothing goes to whom it names', async () => {
    const scene = await Amplification.start(key);
    onTestFinished(() => scene.stop());
    const echoes = await scene.askAll();
    for (const { question, sent, answered, diverted, relayed } of echoes) {
      expect(answered, `answers to ${question}`).toBeLessThanOrEqual(sent);
      expect(relayed, `sent to a member for ${question}`).toBeLessThanOrEqual(sent);
      expect(diverted, `sent to the third address for ${question}`).toBe(0);
    }
    // Otherwise the comparison above would be of silence, or of a node with nothing to tell.
    expect(echoes.filter(({ answered }) => answered > 0).length).toBeGreaterThan(8);
    expect(echoes.filter(({ relayed }) => relayed > 0).length).toBeGreaterThan(3);
    expect(await scene.asMember()).toBeGreaterThan(1_000);
  });
});
