import type { Micros } from '../../core/ports/clock.ts';
import type { HostView, WorldView } from '../invariant.ts';
import type { MemberEvent } from '../member-events.ts';
import { type Belief, beliefOf, Beliefs, isListed } from './beliefs.ts';
import { Descriptions } from './descriptions.ts';

export type Transition = Extract<MemberEvent, { type: 'transition' }>;

/** One transition with what was believed before it. One object serves all transitions: read it, never keep it. */
export interface Change {
  observer: HostView;
  /** The subject's column. */
  subject: number;
  /** The observer speaks of itself. */
  own: boolean;
  before: number;
  beforeIncarnation: number;
  beforeDescription: number;
  /** When the belief before began. */
  beforeSince: Micros;
  after: number;
  incarnation: number;
  description: number;
  /** Belief or incarnation changed. Otherwise a better description of the same was heard, and no more. */
  moved: boolean;
  event: Transition;
}

/** Room for names that are no host's own before the matrix is copied into a wider one. */
const SPARE_COLUMNS = 4;

/**
 * The cluster as an all-seeing judge knows it: what each observer believes (from the transitions it told), and what
 * is true of each subject (from the world, and from what the subject said of itself).
 *
 * A column is a member's name. Columns and hosts share their index as long as every host is named like its member;
 * a host that calls itself something else moves to that name's column when it first says so.
 */
export class ClusterView {
  readonly world: WorldView;
  readonly beliefs: Beliefs;
  readonly descriptions = new Descriptions();
  readonly #columns = new Map<string, number>();
  readonly #names: string[] = [];
  /** By host: the column of the name it goes by. */
  readonly #columnOf: number[] = [];
  /** By column: how many hosts go by this name, and the last of them. */
  readonly #owners: number[] = [];
  readonly #ownerOf: number[] = [];
  readonly #ownDescription: number[] = [];
  readonly #highestClaim: number[] = [];
  readonly #present: boolean[] = [];
  readonly #listed: number[] = [];
  readonly #life: number[] = [];
  readonly #change: Change;
  #presentCount = 0;
  #lastUpheaval: Micros = 0;

  constructor(world: WorldView) {
    this.world = world;
    this.beliefs = new Beliefs(world.hosts.length, world.hosts.length + SPARE_COLUMNS);
    for (const host of world.hosts) {
      const column = this.columnOf(host.name);
      this.#columnOf.push(column);
      this.#owners[column] = 1;
      this.#ownerOf[column] = host.index;
      this.#listed.push(0);
      this.#life.push(0);
      this.#present.push(false);
    }
    this.#change = {
      observer: world.hosts[0] as HostView,
      subject: 0,
      own: false,
      before: 0,
      beforeIncarnation: 0,
      beforeDescription: 0,
      beforeSince: 0,
      after: 0,
      incarnation: 0,
      description: 0,
      moved: false,
      event: undefined as unknown as Transition,
    };
  }

  /** The column of a name; a name never seen gets a new one. */
  columnOf(name: string): number {
    const known = this.#columns.get(name);
    if (known !== undefined) return known;
    const column = this.#names.length;
    this.#columns.set(name, column);
    this.#names.push(name);
    this.#owners.push(0);
    this.#ownerOf.push(-1);
    this.#ownDescription.push(0);
    this.#highestClaim.push(-1);
    if (column >= this.beliefs.columns) this.beliefs.growTo(column * 2);
    return column;
  }

  get subjects(): number {
    return this.#names.length;
  }

  nameOf(column: number): string {
    return this.#names[column] ?? '';
  }

  /** The column of the name that this host goes by. */
  ownColumn(host: HostView): number {
    return this.#columnOf[host.index] as number;
  }

  /** The one host that goes by this name; undefined when none or several do. */
  hostOf(column: number): HostView | undefined {
    return this.#owners[column] === 1 ? this.world.hosts[this.#ownerOf[column] as number] : undefined;
  }

  /** Two hosts claim this name: nothing can be true of it for everybody. */
  isDisputed(column: number): boolean {
    return (this.#owners[column] as number) > 1;
  }

  /** The host runs and has not left. Only such hosts are judged as observers and expected as members. */
  isPresent(host: HostView): boolean {
    return this.#present[host.index] as boolean;
  }

  /** The subject is a host that runs and has not left. */
  isMember(column: number): boolean {
    const host = this.hostOf(column);
    return host !== undefined && (this.#present[host.index] as boolean);
  }

  get presentCount(): number {
    return this.#presentCount;
  }

  /** How many members the observer lists, itself included. */
  listed(observer: HostView): number {
    return this.#listed[observer.index] as number;
  }

  /** The highest incarnation that the subject ever claimed, in any of its lives. */
  highestClaim(column: number): number {
    return this.#highestClaim[column] as number;
  }

  ownDescription(column: number): number {
    return this.#ownDescription[column] as number;
  }

  /** Since when nothing was done to the cluster: no fault, boot, crash, join, leave or change of a description. */
  quietSince(): Micros {
    return Math.max(this.#lastUpheaval, this.world.healedAt());
  }

  /** Something was done to the cluster that its members must now agree on anew. */
  upheaval(): void {
    this.#lastUpheaval = this.world.now();
  }

  setPresent(host: HostView, present: boolean): boolean {
    if (this.#present[host.index] === present) return false;
    this.#present[host.index] = present;
    this.#presentCount += present ? 1 : -1;
    this.upheaval();
    return true;
  }

  /** A life ends when the host crashes or its node stops; a boot may hold several. */
  lifeOf(host: HostView): number {
    return this.#life[host.index] as number;
  }

  /** A host starts with an empty view and nothing said of itself. */
  startLife(host: HostView): void {
    this.#life[host.index] = this.lifeOf(host) + 1;
    this.beliefs.clearRow(host.index);
    this.#listed[host.index] = 0;
    const column = this.ownColumn(host);
    this.#ownDescription[column] = 0;
    this.upheaval();
  }

  /** Takes a transition in and returns it with its past. */
  apply(observer: HostView, event: Transition): Change {
    const column = this.columnOf(event.subject);
    const row = observer.index;
    const beliefs = this.beliefs;
    const change = this.#change;
    change.observer = observer;
    change.subject = column;
    change.own = this.ownColumn(observer) === column;
    change.before = beliefs.belief(row, column);
    change.beforeIncarnation = beliefs.incarnation(row, column);
    change.beforeDescription = beliefs.description(row, column);
    change.beforeSince = beliefs.since(row, column);
    change.after = beliefOf(event.to);
    change.incarnation = event.incarnation;
    change.description = this.descriptions.idOf(event.address, event.meta);
    change.moved = change.before !== change.after || change.beforeIncarnation !== change.incarnation;
    change.event = event;
    const moved = Number(isListed(change.after)) - Number(isListed(change.before));
    this.#listed[row] = (this.#listed[row] as number) + moved;
    beliefs.set(row, column, change.after as Belief, change.incarnation, change.description, this.world.now());
    return change;
  }

  /** Records what a subject said of itself; true when its description is a new one. */
  claim(change: Change): boolean {
    const column = change.subject;
    if (change.incarnation > this.highestClaim(column)) this.#highestClaim[column] = change.incarnation;
    if (this.#ownDescription[column] === change.description) return false;
    this.#ownDescription[column] = change.description;
    this.upheaval();
    return true;
  }

  /** The host goes by the name of this column from now on. */
  rename(host: HostView, column: number): void {
    const old = this.ownColumn(host);
    this.#owners[old] = (this.#owners[old] as number) - 1;
    if (this.#ownerOf[old] === host.index) this.#ownerOf[old] = -1;
    this.#columnOf[host.index] = column;
    this.#owners[column] = (this.#owners[column] as number) + 1;
    this.#ownerOf[column] = host.index;
  }
}
