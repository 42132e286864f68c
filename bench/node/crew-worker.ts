import { presets, type PresetName } from '../../core/membership/settings.ts';
import type { Micros } from '../../core/ports/clock.ts';
import type { Address } from '../../core/ports/transport.ts';
import { monotonicMicros } from './monotonic.ts';
import { Occupant, type Seat } from './seat.ts';
import { socketSeats } from './socket-seats.ts';
import { Views } from './views.ts';
import { Watchers } from './watchers.ts';

export interface CrewSetup {
  readonly preset: PresetName;
  /** The nodes of this process. */
  readonly names: readonly string[];
  /** Whom they will meet, in all processes. */
  readonly everybody: readonly string[];
}

/** On the machine's monotonic clock, in microseconds. */
export interface Gone {
  /** When the first of those asked for was given up by somebody, … */
  readonly first: number;
  /** … and when the last was by the last. */
  readonly all: number;
}

/** The nodes of one process, which are part of a cluster of several. */
class Crew {
  readonly #occupants: readonly Occupant[];
  readonly #views: Views;
  readonly #watchers = new Watchers();
  #roundTrips: Micros[] = [];

  constructor(seats: readonly Seat[], preset: PresetName, everybody: readonly string[]) {
    this.#views = new Views(seats.length, everybody, () => this.#watchers.look());
    const settings = presets[preset];
    const onRoundTrip = (roundTrip: Micros): void => void this.#roundTrips.push(roundTrip);
    this.#occupants = seats.map(
      (seat, index) => new Occupant(seat, { settings, observe: this.#views.observe(index), onRoundTrip }),
    );
  }

  /** Tells when they began. */
  join(seeds: readonly Address[]): number {
    const began = monotonicMicros();
    for (const occupant of this.#occupants) occupant.prepare(() => occupant.join(seeds));
    return began;
  }

  /** Of the probes since the last time. */
  takeRoundTrips(): readonly Micros[] {
    const taken = this.#roundTrips;
    this.#roundTrips = [];
    return taken;
  }

  /** Ends all nodes without a goodbye; the process stays, and with it the code that it has compiled. */
  stop(): void {
    for (const [index, occupant] of this.#occupants.entries()) {
      occupant.kill();
      this.#views.clear(index);
    }
  }

  /** Resolves with the time at which every node here holds each of these alive. */
  whenAlive(names: readonly string[]): Promise<number> {
    return this.#watchers.when(() => this.#views.allAlive(names), monotonicMicros);
  }

  /** Resolves when no node here lists any of these; asked before they are killed. */
  whenGone(names: readonly string[]): Promise<Gone> {
    const before = this.#views.listings(names);
    let first: number | undefined;
    const gone = (): boolean => {
      const listings = this.#views.listings(names);
      if (listings < before) first ??= monotonicMicros();
      return listings === 0;
    };
    return this.#watchers.when(gone, () => ({ first: first ?? monotonicMicros(), all: monotonicMicros() }));
  }
}

export function crewCommands() {
  let crew: Crew | undefined;
  const present = (): Crew => {
    if (crew === undefined) throw new Error('there is no crew here yet');
    return crew;
  };
  return {
    async bind({ preset, names, everybody }: CrewSetup): Promise<Address[]> {
      const seats = await socketSeats(names);
      crew = new Crew(seats, preset, everybody);
      return seats.map(({ address }) => address);
    },
    join: (seeds: readonly Address[]): number => present().join(seeds),
    stop: (): void => present().stop(),
    whenAlive: (names: readonly string[]): Promise<number> => present().whenAlive(names),
    roundTrips: (): readonly Micros[] => present().takeRoundTrips(),
    whenGone: (names: readonly string[]): Promise<Gone> => present().whenGone(names),
  };
}
