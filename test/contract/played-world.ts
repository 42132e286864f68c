import { onTestFinished } from 'vitest';
import type { Fault } from '../../simulator/faults/fault.ts';
import type { Host, Program } from '../../simulator/program.ts';
import { World } from '../../simulator/world.ts';

const MILLISECOND = 1_000;
const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

export interface PlayedWorld {
  readonly world: World;
  /** The ports of a host, as its program got them at its latest boot. */
  host(name: string): Host;
  /** Lets virtual time pass. */
  pause(ms: number): Promise<void>;
  /** Ends it before the test does: for tests that play many. */
  end(): void;
}

/**
 * A world whose virtual time runs, as fast as it can, until the test is over: tests await what happens in it like
 * anything else. Hosts without a program do nothing by themselves: the test drives their ports.
 */
export async function playedWorld(
  programs: Readonly<Record<string, Program | undefined>>,
  faults: readonly Fault[] = [],
): Promise<PlayedWorld> {
  const hosts = new Map<string, Host>();
  const world = new World({
    seed: 'played',
    hosts: Object.entries(programs).map(([name, program]) => ({
      name,
      program: async (host: Host) => {
        hosts.set(name, host);
        return program?.(host);
      },
    })),
    faults,
    duration: Number.MAX_SAFE_INTEGER,
    latency: { kind: 'constant', delay: MILLISECOND / 2 },
  });
  let playing = true;
  onTestFinished(() => {
    playing = false;
  });
  await world.runAsyncUntil(0, turn);
  const play = async (): Promise<void> => {
    while (playing) {
      await world.runAsyncUntil(world.now() + MILLISECOND, turn);
      await turn();
    }
  };
  const played = play();
  // What a program throws must fail the test that plays it.
  played.catch(() => {});
  return {
    world,
    host: (name) => hosts.get(name)!,
    end: () => {
      playing = false;
    },
    pause: async (ms) => {
      const until = world.now() + ms * MILLISECOND;
      while (playing && world.now() < until) await Promise.race([turn(), played]);
    },
  };
}
