import type { Membership } from '../../core/membership/membership.ts';
import { Names } from '../../core/membership/names.ts';
import type { MembershipSettings } from '../../core/membership/settings.ts';
import { type PeerState, State } from '../../core/wire/messages.ts';
import { bytesFromText } from '../../core/wire/text.ts';
import type { Fault } from '../../simulator/faults/fault.ts';
import type { HostView } from '../../simulator/invariant.ts';
import type { LatencyModel } from '../../simulator/latency.ts';
import type { MemberEvent } from '../../simulator/member-events.ts';
import { memberProgram } from '../../simulator/member.ts';
import type { Host, HostEvent, Program } from '../../simulator/program.ts';
import { World } from '../../simulator/world.ts';

/** Half of a round trip of 1 ms: nothing beside any period of the papers, as in their local networks. */
const LATENCY: LatencyModel = { kind: 'constant', delay: 500 };

export interface FormedWorldOptions {
  readonly seed: string;
  readonly size: number;
  readonly settings: MembershipSettings;
  readonly duration: number;
  readonly faults?: readonly Fault[];
  /** 0.5 ms each way unless said otherwise. */
  readonly latency?: LatencyModel;
  /** What a member says of itself; nothing unless said otherwise. */
  metaOf?(this: void, member: string): string;
  /** Whether they compress what they send; not unless said otherwise. */
  readonly compress?: boolean;
  /** The program of a member, changed. */
  around?(this: void, program: Program, member: string): Program;
  onEvent?(this: void, host: HostView, event: MemberEvent, now: number): void;
}

/** Members that know one another from the first moment on, as if they had met long ago. */
export function formedWorld(options: FormedWorldOptions): World {
  const { seed, size, settings, duration, faults = [], latency = LATENCY, compress = false } = options;
  const { around = (same) => same, metaOf = () => '', onEvent } = options;
  const program = formedProgram({ size, settings, metaOf, compress });
  return new World({
    seed,
    duration,
    faults,
    latency,
    hosts: Array.from({ length: size }, (_, index) => {
      const name = memberName(index);
      return { name, program: around(program, name) };
    }),
    invariants: onEvent === undefined ? [] : [listener(onEvent)],
  });
}

export function memberName(index: number): string {
  return `n${index}`;
}

/** The members that run, in the order of the topology. */
export function membersOf(world: World): Membership[] {
  return world.hosts.flatMap(({ running }) => (running === undefined ? [] : [running.inspect as Membership]));
}

function listener(onEvent: NonNullable<FormedWorldOptions['onEvent']>) {
  return {
    id: 'listener',
    words: 'Never broken: hears what is measured.',
    create: (view: { now(): number }) => ({
      onEvent: (host: HostView, event: HostEvent) => onEvent(host, event as MemberEvent, view.now()),
    }),
  };
}

type Members = Required<Pick<FormedWorldOptions, 'size' | 'settings' | 'metaOf' | 'compress'>>;

function formedProgram({ size, settings, metaOf, compress }: Members): Program {
  const names = new Names();
  let known: readonly PeerState[] | undefined;
  return (host) => {
    known ??= everybody(host, size, metaOf);
    return memberProgram({ settings, names, compress, meta: metaOf(host.name), known })(host);
  };
}

function everybody(host: Host, size: number, metaOf: Members['metaOf']): PeerState[] {
  // What a member chooses for itself at its first boot.
  const incarnation = Math.floor(host.clock.wallTime() / 1_000);
  const vsn = Uint8Array.of(1, 5, 2, 2, 5, 4);
  return Array.from({ length: size }, (_, index) => {
    const name = memberName(index);
    const about = Object.freeze({ name, address: host.addressOf(name)!, meta: bytesFromText(metaOf(name)), vsn });
    return { about, incarnation, state: State.alive };
  });
}
