import { isHarm } from '../../simulator/faults/engine.ts';
import type { Fault } from '../../simulator/faults/fault.ts';
import type { HostSpec } from '../../simulator/program.ts';
import type { FailureIdentity } from '../failure-identity.ts';
import type { WholeEdit } from '../regression/whole-edit.ts';
import type { Stage } from '../scenario.ts';
import { leftBroken } from './left-broken.ts';

/** Two members have nobody to ask about each other: what they do is mostly another story. */
const FEWEST_MEMBERS = 3;

/**
 * A smaller run may break the same rule for a reason of its own: because its seed is gone, because a host was never
 * started again. This knows which changes could, and how to find out.
 */
export class OwnReasons {
  readonly #edit: WholeEdit;
  readonly #failure: FailureIdentity;
  readonly #members: readonly string[];
  readonly #bystanders: readonly string[];
  readonly #seeds: readonly string[];
  readonly #downAtFirst: readonly string[];
  readonly #leftBroken: ReadonlySet<string>;
  readonly #fewest: number;
  /** Whether the run does well when nothing goes wrong in it. */
  needsHarm = true;

  constructor({ hosts, duration }: Stage, edit: WholeEdit, failure: FailureIdentity) {
    const named = (isMeant: (host: HostSpec) => boolean) => hosts.filter(isMeant).map(({ name }) => name);
    this.#edit = edit;
    this.#failure = failure;
    this.#members = named(({ bystander }) => bystander !== true);
    this.#bystanders = named(({ bystander }) => bystander === true);
    this.#seeds = named(({ seed }) => seed === true);
    this.#downAtFirst = named(({ startAt = 0 }) => startAt >= duration);
    this.#leftBroken = leftBroken(edit.faults, this.#downAtFirst);
    this.#fewest = Math.min(FEWEST_MEMBERS, this.#membersLeft(edit));
  }

  /** Whom the others depend on. Of a run that fails by itself, nobody could tell whether it does so for lack of them. */
  get pillars(): readonly string[] {
    return this.needsHarm ? [] : [...this.#bystanders, ...this.#seeds];
  }

  /** Whether a fault is none: what a name service is told in a run that fails by itself, for instance. */
  isFurniture(fault: Fault): boolean {
    if (this.needsHarm || fault.kind !== 'command') return false;
    return fault.hosts.some((host) => this.#bystanders.includes(host));
  }

  /** Whether a changed run can be judged at all. */
  isSound(edit: WholeEdit): boolean {
    const { faults, without } = edit;
    if (this.#membersLeft(edit) < this.#fewest) return false;
    const ids = new Set(faults.map(({ id }) => id));
    if (this.#edit.faults.some((fault) => this.isFurniture(fault) && !ids.has(fault.id))) return false;
    // What is broken at any time is broken, whoever is down later.
    if (this.#failure.phase === 'always') return true;
    const broken = [...leftBroken(faults, this.#downAtFirst)];
    return broken.every((host) => this.#leftBroken.has(host) || without.includes(host));
  }

  /** A run without anything that goes wrong: with what hosts are told, and with the boots of those that start late. */
  calm(edit: WholeEdit): WholeEdit {
    const late = (hosts: readonly string[]) => hosts.every((host) => this.#downAtFirst.includes(host));
    const faults = edit.faults.filter((fault) => !isHarm(fault) || (fault.kind === 'restart' && late(fault.hosts)));
    return { ...edit, faults };
  }

  #membersLeft({ without }: WholeEdit): number {
    return this.#members.filter((host) => !without.includes(host)).length;
  }
}
