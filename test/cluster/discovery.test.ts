import { describe, expect, test } from 'vitest';
import type { ConfigTable } from '../../core/config/layers.ts';
import { nodeProgram, type NodeInspection } from '../../simulator/node-program.ts';
import type { Source } from '../../core/discovery/source.ts';
import { playedWorld, type PlayedWorld } from '../contract/played-world.ts';
import { broken, foundFrom, type Says } from '../discovery/timed.ts';

/** A source whose words the test changes; every node asks the same one. */
class Spoken implements Source {
  readonly method = 'spoken';
  says: Says = 'nobody';

  async discover() {
    if (this.says instanceof Error) throw this.says;
    return foundFrom(Array.isArray(this.says) ? this.says : []);
  }
}

const config = (discovery: ConfigTable = {}): ConfigTable => ({
  cluster: { membership: { preset: 'fast' }, discovery },
});

async function nodes(specs: Readonly<Record<string, { source: Spoken; discovery?: ConfigTable }>>) {
  const programs = Object.entries(specs).map(([name, { source, discovery }]) => {
    return [name, nodeProgram({ config: config(discovery), sources: () => [source] })] as const;
  });
  const played = await playedWorld(Object.fromEntries(programs));
  const cluster = (name: string) => (played.world.host(name)!.running!.inspect as NodeInspection).cluster;
  const alive = (name: string): string =>
    cluster(name)
      .membership.members()
      .filter(({ state }) => state === 'alive')
      .map((member) => member.name)
      .toSorted()
      .join('');
  return { ...played, cluster, alive };
}

const address = ({ world }: PlayedWorld, name: string): string => world.host(name)!.address;

describe('discovery behind the join', () => {
  test('two nodes that began alone become one cluster once a source names one of them', async () => {
    const source = new Spoken();
    const played = await nodes({ a: { source }, b: { source } });
    await played.pause(3_000);
    expect([played.alive('a'), played.alive('b')]).toEqual(['a', 'b']);
    source.says = [address(played, 'a')];
    await played.pause(15_000);
    expect([played.alive('a'), played.alive('b')]).toEqual(['ab', 'ab']);
    expect(played.cluster('b').discovery.health().contacts).toMatchObject([{ status: 'member' }]);
  });

  test('what one node has found helps the others: a hint leads them to a peer that no source of theirs names', async () => {
    const [ofA, ofB, ofC] = [new Spoken(), new Spoken(), new Spoken()];
    const discovery = { auto_connect: false };
    const played = await nodes({ a: { source: ofA }, b: { source: ofB, discovery }, c: { source: ofC } });
    ofB.says = [address(played, 'a')];
    await played.pause(10_000);
    expect([played.alive('a'), played.alive('b'), played.alive('c')]).toEqual(['a', 'b', 'c']);
    await played.cluster('b').membership.contact(address(played, 'a'));
    // b hears of c and does nothing about it; it tells a when they compare what they know.
    ofB.says = [address(played, 'c')];
    await played.pause(60_000);
    expect([played.alive('a'), played.alive('b'), played.alive('c')]).toEqual(['abc', 'abc', 'abc']);
  });

  test('every source down takes no member away', async () => {
    const source = new Spoken();
    const played = await nodes({ a: { source }, b: { source } });
    source.says = [address(played, 'a'), address(played, 'b')];
    await played.pause(15_000);
    source.says = broken();
    await played.pause(60_000);
    source.says = 'nobody';
    await played.pause(60_000);
    expect([played.alive('a'), played.alive('b')]).toEqual(['ab', 'ab']);
  });

  test('with auto_connect off, what is found later is only known', async () => {
    const source = new Spoken();
    const played = await nodes({ a: { source, discovery: { auto_connect: false } }, b: { source: new Spoken() } });
    await played.pause(2_000);
    source.says = [address(played, 'b')];
    await played.pause(60_000);
    expect(played.alive('a')).toBe('a');
    expect(played.cluster('a').discovery.chain.candidates).toHaveLength(1);
  });
});

describe('a bootstrap quorum', () => {
  test('nobody is ready before as many as expected are there, and nobody begins alone', async () => {
    const source = new Spoken();
    const discovery = { expect: 3 };
    const played = await nodes({
      a: { source, discovery },
      b: { source, discovery },
      c: { source: new Spoken(), discovery },
    });
    await played.pause(5_000);
    expect(played.cluster('a').readiness()).toMatchObject({ ready: false });
    source.says = [address(played, 'a'), address(played, 'b')];
    await played.pause(20_000);
    expect(played.alive('a')).toBe('ab');
    expect(played.cluster('a').readiness()).toEqual({ ready: false, reason: '2 of 3 expected members are there' });
    source.says = ['a', 'b', 'c'].map((name) => address(played, name));
    await played.pause(20_000);
    for (const name of ['a', 'b', 'c']) expect(played.cluster(name).readiness()).toEqual({ ready: true });
  });
});

test('an error is never "none": a node whose sources cannot be asked does not begin alone', async () => {
  const source = new Spoken();
  source.says = broken();
  const played = await nodes({ a: { source } });
  await played.pause(30_000);
  expect(played.cluster('a').readiness()).toMatchObject({ ready: false, reason: expect.stringContaining('is broken') });
  source.says = 'nobody';
  await played.pause(60_000);
  expect(played.cluster('a').readiness()).toEqual({ ready: true });
});
