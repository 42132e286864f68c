import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Found, Source, Watcher } from '../../core/discovery/source.ts';
import { broken, chainOf, foundFrom, ScriptedSource, SILENCE, Timed, type Says } from './timed.ts';

const A = '10.0.0.1:7946';
const B = '10.0.0.2:7946';
const C = '10.0.0.3:7946';
const OWN = '10.0.0.99:7946';

async function scripted(...says: Says[]): Promise<{ time: Timed; sources: ScriptedSource[] }> {
  const time = await Timed.begin();
  return { time, sources: says.map((one, index) => new ScriptedSource(time, `s${index}`, one)) };
}

/** Asks, and lets time pass until there is an answer. */
async function asked(time: Timed, chain: ReturnType<typeof chainOf>['chain'], tried?: ReadonlySet<number>) {
  let answer: Awaited<ReturnType<typeof chain.ask>> | undefined;
  void chain.ask(tried).then((one) => (answer = one));
  const began = time.seconds;
  for (let waited = 0; answer === undefined && waited < 400; waited++) await time.pass(0.1);
  return { ...answer!, took: time.seconds - began };
}

describe('a chain that takes the first', () => {
  test('asks in order: nobody and failure fall through, and who comes behind the winner is not asked', async () => {
    const { time, sources } = await scripted('nobody here', broken(), [A], [B]);
    const { chain } = chainOf(time, sources);
    const { winner, failures } = await asked(time, chain);
    expect(winner).toMatchObject({ indexes: [2], method: 's2', candidates: [{ address: A }] });
    expect(failures).toEqual(['x: the backend is broken.']);
    expect(sources.map((source) => source.asked)).toEqual([1, 1, 1, 0]);
  });

  test('does not take a source that names only this node for a winner', async () => {
    const { time, sources } = await scripted([OWN], [B]);
    const { chain } = chainOf(time, sources);
    expect((await asked(time, chain)).winner?.method).toBe('s1');
    expect(chain.feeds[0]!.outcome).toMatchObject({ kind: 'nobody', reason: 'it names only this node' });
  });

  test('goes on behind those whose peers were tried', async () => {
    const { time, sources } = await scripted([A], [B]);
    const { chain } = chainOf(time, sources);
    const { winner } = await asked(time, chain);
    expect((await asked(time, chain, new Set(winner!.indexes))).winner?.method).toBe('s1');
    expect((await asked(time, chain, new Set([0, 1]))).winner).toBeUndefined();
  });

  test('nine of ten sources that hang do not keep the tenth from answering within the deadline', async () => {
    const { time, sources } = await scripted(...Array.from({ length: 9 }, (): Says => SILENCE), [A]);
    const { chain } = chainOf(time, sources, { deadlineMs: 10_000 });
    const { winner, took } = await asked(time, chain);
    expect(winner?.method).toBe('s9');
    expect(took).toBeLessThan(10);
  });

  test('all that hang are failures at the deadline, not an empty list', async () => {
    const { time, sources } = await scripted(SILENCE, SILENCE);
    const { chain } = chainOf(time, sources, { deadlineMs: 4_000 });
    const { winner, failures, took } = await asked(time, chain);
    expect(winner).toBeUndefined();
    expect(failures).toHaveLength(2);
    expect(took).toBeCloseTo(4, 0);
  });

  test('takes what a slow source says in the end, when the ones behind it name nobody', async () => {
    const { time, sources } = await scripted([A], 'nobody');
    sources[0]!.delaySeconds = 5;
    const { chain } = chainOf(time, sources);
    expect((await asked(time, chain)).winner?.method).toBe('s0');
  });
});

describe('a chain that races', () => {
  test('takes the fastest that names somebody', async () => {
    const { time, sources } = await scripted([A], 'nobody', [C], broken());
    sources[0]!.delaySeconds = 3;
    sources[2]!.delaySeconds = 1;
    const { chain } = chainOf(time, sources, { mode: 'race' });
    const { winner, took } = await asked(time, chain);
    expect(winner?.method).toBe('s2');
    expect(took).toBeLessThan(1.5);
  });
});

describe('a chain that unites', () => {
  test('names everybody that any source names, each once, and has the id from whoever knows it', async () => {
    const { time, sources } = await scripted([A, B], broken(), [`node-b@${B}`, C]);
    const { chain } = chainOf(time, sources, { mode: 'union' });
    const { winner, failures } = await asked(time, chain);
    expect(winner).toMatchObject({ method: 's0, s2', indexes: [0, 2] });
    expect(winner!.candidates).toEqual([{ address: A }, { id: 'node-b', address: B }, { address: C }]);
    expect(failures).toHaveLength(1);
  });

  test('does not wait for the silent once somebody is found; what the slow say counts when they say it', async () => {
    const { time, sources } = await scripted([A], SILENCE, [B]);
    sources[2]!.delaySeconds = 3;
    const { chain, addresses } = chainOf(time, sources, { mode: 'union', deadlineMs: 5_000 });
    const { winner, took } = await asked(time, chain);
    expect(winner?.candidates).toHaveLength(1);
    expect(took).toBeCloseTo(2, 0);
    await time.pass(2);
    expect(addresses()).toEqual([A, B]);
  });

  test('waits for everybody until the deadline while nobody is found', async () => {
    const { time, sources } = await scripted('nobody', SILENCE, [B]);
    sources[2]!.delaySeconds = 4;
    const { chain } = chainOf(time, sources, { mode: 'union', deadlineMs: 5_000 });
    const { winner, took } = await asked(time, chain);
    expect(winner?.candidates).toHaveLength(1);
    expect(took).toBeCloseTo(4, 0);
  });

  test('one source that names thousands hides no other', async () => {
    const many = Array.from({ length: 2_000 }, (_, i) => `10.9.${i >> 8}.${i & 255}:7946`);
    const { time, sources } = await scripted(many, [A]);
    const { chain, addresses } = chainOf(time, sources, { mode: 'union' });
    await asked(time, chain);
    expect(addresses()).toHaveLength(1_024);
    expect(addresses()).toContain(A);
  });
});

describe('what a chain believes', () => {
  test('a thousand who ask at once make one question', async () => {
    const { time, sources } = await scripted([A]);
    sources[0]!.delaySeconds = 1;
    const { chain } = chainOf(time, sources);
    const answers = Array.from({ length: 1_000 }, () => chain.ask());
    await time.pass(2);
    expect((await Promise.all(answers)).every(({ winner }) => winner?.method === 's0')).toBe(true);
    expect(sources[0]!.asked).toBe(1);
  });

  test('an answer counts for its lifetime, and is asked for again behind it', async () => {
    const { time, sources } = await scripted([A]);
    const { chain } = chainOf(time, sources);
    await asked(time, chain);
    await time.pass(9);
    await asked(time, chain);
    expect(sources[0]!.asked).toBe(1);
    await time.pass(2);
    await asked(time, chain);
    expect(sources[0]!.asked).toBe(2);
  });

  test('a failure is never kept: the next question goes to the source again, after its rest', async () => {
    const { time, sources } = await scripted(broken());
    const { chain } = chainOf(time, sources);
    expect((await asked(time, chain)).failures).toHaveLength(1);
    sources[0]!.says = [A];
    await time.pass(0.3);
    expect((await asked(time, chain)).winner?.method).toBe('s0');
  });

  test('an error takes nobody away, until what was known is too old to be believed', async () => {
    const { time, sources } = await scripted([A]);
    const { chain, addresses, events } = chainOf(time, sources, { staleMs: 60_000 });
    await asked(time, chain);
    sources[0]!.says = broken();
    chain.keepAsking();
    await time.pass(60);
    expect(addresses()).toEqual([A]);
    await time.pass(11);
    expect(addresses()).toEqual([]);
    // Told when it happens, not when somebody asks next.
    expect(events.at(-1)).toMatchObject({ type: 'removed', candidate: { address: A } });
    chain.stop();
  });

  test('an incomplete answer adds, and removes nobody', async () => {
    const { time, sources } = await scripted([A, B]);
    const { chain, addresses } = chainOf(time, sources);
    await asked(time, chain);
    sources[0]!.says = { ...foundFrom([C]), complete: false };
    await time.pass(11);
    await asked(time, chain);
    expect(addresses()).toEqual([A, B, C]);
    sources[0]!.says = [C];
    await time.pass(11);
    await asked(time, chain);
    expect(addresses()).toEqual([C]);
  });

  test('a "nobody" from a source that named peers is believed when it still says so behind the lifetime of the first', async () => {
    const { time, sources } = await scripted([A]);
    const { chain, addresses } = chainOf(time, sources);
    chain.keepAsking(true);
    await time.pass(1);
    // A cache that repeats for 30 s that there is nobody has said it once.
    sources[0]!.says = 'NXDOMAIN';
    await time.until(37);
    expect(sources[0]!.asked).toBeGreaterThanOrEqual(3);
    expect(addresses()).toEqual([A]);
    await time.pass(60);
    expect(addresses()).toEqual([]);
    chain.stop();
  });

  test('an incomplete answer that names nobody is no answer: nobody begins a cluster on it', async () => {
    const { time, sources } = await scripted(
      { ...foundFrom([]), complete: false },
      { ...foundFrom([OWN]), complete: false },
    );
    const { chain } = chainOf(time, sources);
    expect((await asked(time, chain)).failures).toHaveLength(2);
    const odd = await scripted(['nonsense', '10.0.0.1:0', '0.0.0.0:7946']);
    const other = chainOf(odd.time, odd.sources);
    const { failures } = await asked(odd.time, other.chain);
    expect(failures[0]).toContain('not everything is known');
    expect(other.chain.feeds[0]!.warnings[0]).toContain('3 of its addresses cannot be used, such as "nonsense"');
  });

  test('what is known is refreshed before it has lived its time', async () => {
    const { time, sources } = await scripted([A]);
    const { chain } = chainOf(time, sources);
    chain.keepAsking(true);
    await time.pass(0.1);
    for (let round = 2; round < 12; round++) {
      const before = time.seconds;
      while (sources[0]!.asked < round) await time.pass(0.1);
      expect(time.seconds - before).toBeLessThan(9.2);
      expect(time.seconds - before).toBeGreaterThan(6.8);
    }
    chain.stop();
  });

  test('however long or short a lifetime a source claims, it is asked within bounds', async () => {
    const { time, sources } = await scripted({ ...foundFrom([A]), lifetimeMs: 0 }, [B]);
    sources[1]!.says = { ...foundFrom([B]), lifetimeMs: 86_400_000 };
    const { chain } = chainOf(time, sources, { mode: 'union' });
    chain.keepAsking(true);
    await time.pass(30);
    expect(sources[0]!.asked).toBeLessThanOrEqual(45);
    chain.stop();
    const second = chainOf(time, [sources[1]!]);
    const before = sources[1]!.asked;
    second.chain.keepAsking(true);
    await time.pass(1_000);
    expect(sources[1]!.asked - before).toBeGreaterThanOrEqual(4);
    second.chain.stop();
  });

  test('a source that fails over and over rests longer and longer, up to half a minute, and is back with one success', async () => {
    const { time, sources } = await scripted(broken());
    const { chain } = chainOf(time, sources);
    const states: string[] = [];
    for (let second = 0; second < 300; second++) {
      void chain.ask();
      await time.pass(1);
      states.push(chain.feeds[0]!.breaker.state);
    }
    expect(sources[0]!.asked).toBeLessThan(25);
    expect(new Set(states)).toEqual(new Set(['closed', 'open', 'half-open']));
    sources[0]!.says = [A];
    await time.pass(31);
    await asked(time, chain);
    expect(chain.feeds[0]!.breaker.state).toBe('closed');
  });

  test('a source that asks for patience gets it, within five minutes', async () => {
    const { time, sources } = await scripted(broken('x', 60_000));
    const { chain } = chainOf(time, sources);
    await asked(time, chain);
    await time.pass(59);
    await asked(time, chain);
    expect(sources[0]!.asked).toBe(1);
    sources[0]!.says = broken('x', 86_400_000);
    await time.pass(10);
    await asked(time, chain);
    await time.pass(331);
    await asked(time, chain);
    expect(sources[0]!.asked).toBe(3);
  });

  test('malformed addresses are left out, and harm nobody else', async () => {
    const { time, sources } = await scripted(['nonsense', '10.0.0.1', '[::1', A]);
    const { chain, addresses } = chainOf(time, sources);
    await asked(time, chain);
    expect(addresses()).toEqual([A]);
  });
});

describe('events of a chain', () => {
  test('tell who was added, moved and removed, in order', async () => {
    const { time, sources } = await scripted([`a@${A}`, `b@${B}`]);
    const { chain, events } = chainOf(time, sources);
    await asked(time, chain);
    sources[0]!.says = [`a@${A}`, `b@${C}`];
    await time.pass(11);
    await asked(time, chain);
    sources[0]!.says = [`b@${C}`];
    await time.pass(11);
    await asked(time, chain);
    expect(events.map(({ type }) => type)).toEqual(['added', 'added', 'updated', 'removed']);
    expect(events[2]).toMatchObject({ candidate: { id: 'b', address: C }, before: { id: 'b', address: B } });
  });

  test('tell that a source is down, once, and that it is back', async () => {
    const { time, sources } = await scripted([A]);
    const { chain, events } = chainOf(time, sources);
    chain.keepAsking(true);
    await time.pass(1);
    sources[0]!.says = broken();
    await time.pass(30);
    sources[0]!.says = [A];
    await time.pass(60);
    expect(events.map(({ type }) => type)).toEqual(['added', 'source-down', 'resynchronised']);
    chain.stop();
  });
});

/** A source that is followed: the test tells what it says. */
class FollowedSource implements Source {
  readonly method = 'followed';
  asked = 0;
  sittings: { watcher: Watcher; signal: AbortSignal; end: (error?: Error) => void }[] = [];

  async discover(): Promise<Found> {
    this.asked += 1;
    return foundFrom([A]);
  }

  watch(watcher: Watcher, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (error?: Error): void => (error === undefined ? resolve() : reject(error));
      this.sittings.push({ watcher, signal, end });
      signal.addEventListener('abort', () => end());
    });
  }
}

describe('a source that can be followed', () => {
  test('is followed once it has won: changes count at once, and it is asked again only now and then', async () => {
    const time = await Timed.begin();
    const source = new FollowedSource();
    const { chain, addresses } = chainOf(time, [source]);
    chain.keepAsking(true);
    await time.pass(1);
    expect(source.sittings).toHaveLength(1);
    source.sittings[0]!.watcher.found(foundFrom([A, B]));
    expect(addresses()).toEqual([A, B]);
    expect(chain.feeds[0]!.following).toBe(true);
    const before = source.asked;
    await time.pass(200);
    expect(source.asked - before).toBeLessThanOrEqual(1);
    chain.stop();
    expect(source.sittings[0]!.signal.aborted).toBe(true);
    await time.pass(5);
    expect(time.timers).toBe(0);
  });

  test('sittings that end at once are begun again slowly, and those that fail ever more slowly', async () => {
    const time = await Timed.begin();
    const source = new FollowedSource();
    const { chain } = chainOf(time, [source]);
    chain.keepAsking(true);
    await time.pass(1);
    for (let second = 0; second < 60; second++) {
      source.sittings.at(-1)!.end();
      await time.pass(1);
    }
    expect(source.sittings.length).toBeLessThan(61);
    const calm = source.sittings.length;
    for (let second = 0; second < 120; second++) {
      source.sittings.at(-1)!.end(broken());
      await time.pass(1);
    }
    expect(source.sittings.length - calm).toBeLessThan(15);
    chain.stop();
  });
});

describe('a source that is followed', () => {
  test('knows what it told for as long as it says nothing else, and a while after it was cut off', async () => {
    const time = await Timed.begin();
    const source = new FollowedSource();
    const { chain, addresses } = chainOf(time, [source], { staleMs: 20_000 });
    chain.keepAsking(true);
    await time.pass(1);
    source.sittings[0]!.watcher.found({ ...foundFrom([A, B]), lifetimeMs: 1_000 });
    source.discover = () => Promise.reject(broken());
    await time.pass(250);
    expect(addresses()).toEqual([A, B]);
    source.watch = () => Promise.reject(broken());
    source.sittings[0]!.end(broken());
    await time.pass(19);
    expect(addresses()).toEqual([A, B]);
    await time.pass(2);
    expect(addresses()).toEqual([]);
    chain.stop();
  });

  test('that is cut off is asked soon, and what happened is told', async () => {
    const time = await Timed.begin();
    const source = new FollowedSource();
    const { chain, events } = chainOf(time, [source]);
    chain.keepAsking(true);
    await time.pass(1);
    source.sittings[0]!.watcher.found(foundFrom([A]));
    await time.pass(40);
    const asked = source.asked;
    source.sittings[0]!.end(broken());
    await time.pass(5);
    expect(source.asked).toBeGreaterThan(asked);
    expect(events.map(({ type }) => type)).toEqual(['added', 'source-down', 'resynchronised']);
    chain.stop();
  });

  test('whose sitting throws at once, or that tells something behind its end, does no harm', async () => {
    const time = await Timed.begin();
    const source = new FollowedSource();
    const { chain, addresses } = chainOf(time, [source]);
    chain.keepAsking(true);
    await time.pass(1);
    const [first] = source.sittings;
    first!.watcher.found(foundFrom([A]));
    first!.end();
    await time.pass(2);
    first!.watcher.found(foundFrom([C]));
    expect(addresses()).toEqual([A]);
    source.watch = () => {
      throw new Error('at once');
    };
    source.sittings.at(-1)!.end();
    await time.pass(60);
    expect(addresses()).toEqual([A]);
    chain.stop();
    await time.pass(1);
    expect(time.timers).toBe(0);
  });
});

describe('a chain that takes the place of another', () => {
  test('keeps what its own sources know, and for a while what the others knew', async () => {
    const { time, sources } = await scripted([A], [B]);
    const [a, b] = sources as [ScriptedSource, ScriptedSource];
    const first = chainOf(time, [a, b], { mode: 'union' });
    await asked(time, first.chain);
    const asksOfA = a.asked;
    b.says = 'nobody';
    const second = chainOf(time, [a], { staleMs: 30_000 }, first.chain);
    expect(second.addresses()).toEqual([A, B]);
    await asked(time, second.chain);
    expect(a.asked).toBe(asksOfA);
    const third = chainOf(time, [new ScriptedSource(time, 'c', 'nobody')], { staleMs: 30_000 }, second.chain);
    expect(third.addresses()).toEqual([A]);
    third.chain.keepAsking(true);
    await time.pass(31);
    expect(third.addresses()).toEqual([]);
    third.chain.stop();
    expect(third.events.map(({ type }) => type)).toContain('removed');
  });

  test('with fewer sources goes on asking the one that is left', async () => {
    const { time, sources } = await scripted('nobody', 'nobody', [A]);
    const first = chainOf(time, sources);
    await asked(time, first.chain);
    const only = new ScriptedSource(time, 'only', broken());
    const second = chainOf(time, [only], {}, first.chain);
    second.chain.keepAsking(true);
    await time.pass(120);
    expect(only.asked).toBeGreaterThan(5);
    second.chain.stop();
  });

  test('that has been stopped asks nobody any more, and calls nothing a failure', async () => {
    const { time, sources } = await scripted(SILENCE, [A], [B]);
    const { chain, events } = chainOf(time, sources);
    void chain.ask();
    await time.pass(0.5);
    chain.stop();
    await time.pass(30);
    expect(sources.map(({ asked: times }) => times)).toEqual([1, 0, 0]);
    expect(events).toEqual([]);
    expect(time.timers).toBe(0);
  });
});

test('whatever sources say and whenever: who is known was named by a source, and an error alone removes nobody', async () => {
  const says = fc.oneof(
    fc.subarray([A, B, C], { minLength: 1 }),
    fc.constant<Says>(broken()),
    fc.constant<Says>(SILENCE),
    fc.constant<Says>('nobody'),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(says, says), { minLength: 1, maxLength: 8 }), async (rounds) => {
      const { time, sources } = await scripted('nobody', 'nobody');
      const { chain, addresses } = chainOf(time, sources, { mode: 'union', deadlineMs: 2_000, staleMs: 3_600_000 });
      chain.keepAsking(true);
      const named = new Set<string>();
      for (const round of rounds) {
        const before = addresses();
        for (const [index, one] of round.entries()) {
          sources[index]!.says = one;
          if (Array.isArray(one)) for (const address of one) named.add(address as string);
        }
        await time.pass(40);
        const errorsAlone = round.every((one) => one === SILENCE || one instanceof Error);
        if (errorsAlone) expect(addresses()).toEqual(before);
        for (const address of addresses()) expect(named.has(address)).toBe(true);
        const all = round.every((one) => Array.isArray(one));
        if (all) for (const one of round) for (const address of one as string[]) expect(addresses()).toContain(address);
      }
      chain.stop();
    }),
    { numRuns: 30 },
  );
});

test('each source of a union is asked at its own pace, not at that of the shortest lifetime', async () => {
  const { time, sources } = await scripted(
    { ...foundFrom([A]), lifetimeMs: 10_000 },
    { ...foundFrom([B]), lifetimeMs: 60_000 },
  );
  const followed = new FollowedSource();
  const { chain } = chainOf(time, [...sources, followed], { mode: 'union' });
  chain.keepAsking(true);
  await time.pass(1);
  followed.sittings[0]!.watcher.found(foundFrom([C]));
  await time.pass(240);
  const [short, long] = sources.map(({ asked: times }) => times);
  expect(short).toBeGreaterThan(24);
  expect(long).toBeLessThanOrEqual(8);
  expect(followed.asked).toBeLessThanOrEqual(2);
  chain.stop();
});
