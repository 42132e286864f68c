import { createEtcd, type EtcdInspection } from '../../simulator/services/etcd/etcd-service.ts';
import { EtcdState, type EtcdOptions } from '../../simulator/services/etcd/etcd-state.ts';
import type { FakePorts, FakeService } from '../../simulator/services/fake-service.ts';
import { seededRandom } from '../../core/random.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { HttpHandler } from '../../core/ports/http.ts';
import type { Suffering } from '../../simulator/program.ts';

type Mode = 'up' | 'down' | 'frozen';

/** One fake member that a test can kill, freeze and torment at any moment, wherever it is served. */
export class FakeEtcd {
  readonly name: string;
  readonly struck: string[] = [];
  readonly #state: EtcdState;
  readonly #clock: Clock;
  readonly #all: ReadonlyMap<string, FakeEtcd>;
  #mode: Mode = 'up';
  #life = 0;
  #service: FakeService;
  #held: (() => void)[] = [];
  readonly #sufferings = new Map<string, Suffering>();

  constructor(name: string, state: EtcdState, clock: Clock, all: ReadonlyMap<string, FakeEtcd>) {
    this.name = name;
    this.#state = state;
    this.#clock = clock;
    this.#all = all;
    this.#service = createEtcd(this.#ports(), state);
  }

  /** What is down closes the connection in the middle of an answer; what is frozen keeps it. */
  readonly handler: HttpHandler = async (request) => {
    await this.#unfrozen();
    if (this.#mode === 'down') throw new Error(`${this.name} is down`);
    const life = this.#life;
    const response = await this.#service.handler(request);
    await this.#unfrozen();
    if (life !== this.#life) throw new Error(`${this.name} went down`);
    return response;
  };

  get effects(): readonly string[] {
    return this.#service.effects;
  }

  get inspect(): EtcdInspection {
    return this.#service.inspect as EtcdInspection;
  }

  kill(): void {
    this.#service.struck?.('etcd-watch-cut', undefined);
    this.#mode = 'down';
    this.#life += 1;
    for (const release of this.#held.splice(0)) release();
  }

  start(): void {
    this.#mode = 'up';
    this.#service = createEtcd(this.#ports(), this.#state);
  }

  freeze(): void {
    this.#mode = 'frozen';
  }

  thaw(): void {
    this.#mode = 'up';
    for (const release of this.#held.splice(0)) release();
  }

  suffer(effect: string, argument?: unknown): void {
    this.#sufferings.set(effect, { argument, strike: () => void this.struck.push(effect) });
    this.#service.struck?.(effect, argument);
  }

  recover(effect: string): void {
    this.#sufferings.delete(effect);
  }

  async #unfrozen(): Promise<void> {
    while (this.#mode === 'frozen') await new Promise<void>((resolve) => void this.#held.push(resolve));
  }

  #ports(): FakePorts {
    const life = this.#life;
    const whileAlive = (task: () => void) => (): void => {
      if (life !== this.#life) return;
      if (this.#mode === 'frozen') this.#held.push(whileAlive(task));
      else task();
    };
    const clock: Clock = {
      now: () => this.#clock.now(),
      wallTime: () => this.#clock.wallTime(),
      after: (delay, task) => this.#clock.after(delay, whileAlive(task)),
      cancel: (timer) => this.#clock.cancel(timer),
    };
    return {
      name: this.name,
      clock,
      random: seededRandom(`${this.name} ${life}`),
      crypto: undefined as never,
      suffers: (effect) => this.#sufferings.get(effect),
      reaches: (host) => this.#all.get(host)?.isUp === true,
    };
  }

  /** A frozen one is reached, and does not answer. */
  get isUp(): boolean {
    return this.#mode !== 'down';
  }
}

export function fakeEtcds(clock: Clock, options: EtcdOptions): readonly FakeEtcd[] {
  const state = new EtcdState(options);
  const all = new Map<string, FakeEtcd>();
  for (const name of options.members) all.set(name, new FakeEtcd(name, state, clock, all));
  return [...all.values()];
}
