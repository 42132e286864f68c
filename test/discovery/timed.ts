import type { Address } from '../../core/ports/transport.ts';
import type { Clock } from '../../core/ports/clock.ts';
import { silentLog } from '../../core/ports/log.ts';
import type { Random } from '../../core/ports/random.ts';
import { Chain, type ChainDeps, type ChainEvent } from '../../core/discovery/chain.ts';
import {
  nobody,
  SourceFailed,
  type Ask,
  type Candidate,
  type Found,
  type Source,
} from '../../core/discovery/source.ts';
import type { Host } from '../../simulator/program.ts';
import { World } from '../../simulator/world.ts';

const SECOND = 1_000_000;
const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** Virtual time, stepped by the test. */
export class Timed {
  readonly clock: Clock;
  readonly random: Random;
  readonly #world: World;

  static async begin(): Promise<Timed> {
    const hosts: Host[] = [];
    const program = async (host: Host): Promise<void> => void hosts.push(host);
    const world = new World({ seed: 'timed', hosts: [{ name: 'a', program }], faults: [], duration: 86_400 * SECOND });
    await world.runAsyncUntil(0, turn);
    return new Timed(world, hosts[0]!);
  }

  private constructor(world: World, host: Host) {
    this.#world = world;
    this.clock = host.clock;
    this.random = host.random;
  }

  get seconds(): number {
    return this.#world.now() / SECOND;
  }

  get timers(): number {
    return this.#world.hosts[0]!.timers;
  }

  async until(seconds: number): Promise<void> {
    await turn();
    await this.#world.runAsyncUntil(Math.round(seconds * SECOND), turn);
    await turn();
  }

  pass(seconds: number): Promise<void> {
    return this.until(this.seconds + seconds);
  }

  sleep(seconds: number): Promise<void> {
    return new Promise((resolve) => void this.clock.after(seconds * SECOND, resolve));
  }
}

/** What a scripted source says: addresses, a reason for nobody, an error, or nothing, ever. */
export type Says = readonly string[] | string | Error | Partial<Found>;

export const SILENCE = 'silence';

/** A source that says what the test lets it say, as often as it is asked. */
export class ScriptedSource implements Source {
  readonly method: string;
  says: Says;
  delaySeconds = 0;
  asked = 0;
  readonly asks: Ask[] = [];
  readonly #time: Timed;

  constructor(time: Timed, method: string, says: Says) {
    this.#time = time;
    this.method = method;
    this.says = says;
  }

  async discover(ask: Ask): Promise<Found> {
    this.asked += 1;
    this.asks.push(ask);
    const { says } = this;
    if (this.delaySeconds > 0) await this.#time.sleep(this.delaySeconds);
    if (says === SILENCE) return new Promise(() => {});
    if (says instanceof Error) throw says;
    if (typeof says === 'string') return nobody(says, 30_000);
    return foundFrom(says);
  }
}

export function foundFrom(says: readonly string[] | Partial<Found>): Found {
  const base = { lifetimeMs: 10_000, complete: true, warnings: [] };
  if (!Array.isArray(says)) return { candidates: [], ...base, ...(says as Partial<Found>) };
  return { candidates: (says as string[]).map(candidate), ...base };
}

/** `name@10.0.0.1:7946`, or an address alone. */
export function candidate(text: string): Candidate {
  const [id, address] = text.split('@') as [string, string | undefined];
  return address === undefined ? { address: id } : { id, address };
}

export const broken = (method = 'x', retryAfterMs?: number): SourceFailed =>
  new SourceFailed(method, 'the backend is broken.', retryAfterMs === undefined ? {} : { retryAfterMs });

export interface ChainUnderTest {
  readonly chain: Chain;
  readonly events: ChainEvent[];
  addresses(): Address[];
}

export function chainOf(
  time: Timed,
  sources: readonly Source[],
  more: Partial<ChainDeps> = {},
  before?: Chain,
): ChainUnderTest {
  const events: ChainEvent[] = [];
  const chain = new Chain(
    {
      sources,
      mode: 'first',
      deadlineMs: 10_000,
      staleMs: 60_000,
      clock: time.clock,
      random: time.random.fork('chain'),
      log: silentLog,
      isOwn: (address) => address === '10.0.0.99:7946',
      stats: new Map(),
      onAsked: () => {},
      onEvent: (event) => void events.push(event),
      ...more,
    },
    before,
  );
  return { chain, events, addresses: () => chain.candidates.map(({ address }) => address).toSorted() };
}
