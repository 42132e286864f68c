import type { MembershipSettings } from '../../core/membership/settings.ts';
import { MILLISECOND, type Clock, type Micros } from '../../core/ports/clock.ts';
import type { Random } from '../../core/ports/random.ts';
import { Occupant, type Seat } from './seat.ts';
import { Views } from './views.ts';

export interface DrillPlan {
  /** How often the cluster is formed from nothing: everybody at once, through one seed. */
  readonly formations: number;
  /** How many times members are killed, and come back, in the last cluster that was formed … */
  readonly kills: number;
  /** … and how many of them at once. */
  readonly killedAtOnce: number;
}

/** All in microseconds. */
export interface DrillResult {
  /** From the moment at which all began to join until every member held every member alive. */
  readonly formation: Micros[];
  /** From a kill until the first of the others declared a killed member dead. */
  readonly firstDetection: Micros[];
  /** From a kill until all others had declared all killed members dead. */
  readonly detection: Micros[];
  /** From the restart of the killed until every member held every member alive again. */
  readonly rejoin: Micros[];
  /** Of probes that were answered. */
  readonly roundTrips: Micros[];
}

/** What the world gives to a drill. */
export interface DrillGround {
  /** The first is everybody's seed and is never killed. */
  readonly seats: readonly Seat[];
  readonly settings: MembershipSettings;
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * Forms a cluster, kills members and lets them come back, and takes the time: the same code on real sockets and in a
 * simulated world, so that both measure the same thing.
 */
export class Drill {
  readonly #ground: DrillGround;
  readonly #names: readonly string[];
  readonly #views: Views;
  readonly #occupants: readonly Occupant[];
  readonly #result: DrillResult = { formation: [], firstDetection: [], detection: [], rejoin: [], roundTrips: [] };
  #until: (() => boolean) | undefined;
  #then: () => void = () => {};

  constructor(ground: DrillGround) {
    this.#ground = ground;
    const { seats, settings } = ground;
    this.#names = seats.map(({ name }) => name);
    this.#views = new Views(seats.length, this.#names, () => this.#look());
    const onRoundTrip = (roundTrip: Micros): void => void this.#result.roundTrips.push(roundTrip);
    this.#occupants = seats.map(
      (seat, index) => new Occupant(seat, { settings, observe: this.#views.observe(index), onRoundTrip }),
    );
  }

  run({ formations, kills, killedAtOnce }: DrillPlan, done: (result: DrillResult) => void): void {
    let formed = 0;
    let killed = 0;
    const next = (): void => {
      if (formed < formations) {
        formed += 1;
        if (formed > 1) this.#kill(this.#occupants);
        this.#form(next);
      } else if (killed < kills) {
        killed += 1;
        this.#replace(killedAtOnce, next);
      } else {
        this.#kill(this.#occupants);
        done(this.#result);
      }
    };
    next();
  }

  #form(then: () => void): void {
    this.#start(this.#occupants, this.#result.formation, then);
  }

  #replace(killedAtOnce: number, then: () => void): void {
    const { clock, random } = this.#ground;
    const [, ...mortal] = this.#occupants;
    const killed = random.shuffle(mortal).slice(0, killedAtOnce);
    const killedAt = clock.now();
    this.#kill(killed);
    const names = killed.map(({ seat }) => seat.name);
    const before = this.#views.listings(names);
    let first: Micros | undefined;
    const everywhere = (): boolean => {
      const listings = this.#views.listings(names);
      if (listings < before) first ??= clock.now();
      return listings === 0;
    };
    this.#when(everywhere, () => {
      this.#result.firstDetection.push(first! - killedAt);
      this.#result.detection.push(clock.now() - killedAt);
      this.#settle(() => this.#start(killed, this.#result.rejoin, then));
    });
  }

  /** Starts them all at once, and takes the time until every member holds every member alive. */
  #start(occupants: readonly Occupant[], times: Micros[], then: () => void): void {
    const { clock } = this.#ground;
    let unready = occupants.length;
    const join = (): void => {
      const began = clock.now();
      const seed = this.#occupants[0]!.seat.address;
      for (const occupant of occupants) occupant.join([seed]);
      this.#when(
        () => this.#views.allAlive(this.#names),
        () => {
          times.push(clock.now() - began);
          this.#settle(then);
        },
      );
    };
    for (const occupant of occupants) {
      occupant.prepare(() => {
        unready -= 1;
        if (unready === 0) join();
      });
    }
  }

  #kill(occupants: readonly Occupant[]): void {
    for (const occupant of occupants) {
      occupant.kill();
      this.#views.clear(this.#occupants.indexOf(occupant));
    }
  }

  /** News dies down and probes go round; then a moment that nobody's timers know of. */
  #settle(then: () => void): void {
    const { clock, random, settings } = this.#ground;
    const turn = settings.probeIntervalMs * MILLISECOND;
    clock.after(turn + random.int(turn), then);
  }

  #when(holds: () => boolean, then: () => void): void {
    this.#until = holds;
    this.#then = then;
    this.#look();
  }

  #look(): void {
    if (this.#until?.() !== true) return;
    this.#until = undefined;
    this.#then();
  }
}

/** The samples of several drills, as one. */
export function joinedResults(results: readonly DrillResult[]): DrillResult {
  return {
    formation: results.flatMap(({ formation }) => formation),
    firstDetection: results.flatMap(({ firstDetection }) => firstDetection),
    detection: results.flatMap(({ detection }) => detection),
    rejoin: results.flatMap(({ rejoin }) => rejoin),
    roundTrips: results.flatMap(({ roundTrips }) => roundTrips),
  };
}
