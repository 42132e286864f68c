import type { Membership } from '../../core/membership/membership.ts';
import type { Fault } from '../../simulator/faults/fault.ts';
import { memberProgram, type MemberProgramOptions } from '../../simulator/member.ts';
import { World } from '../../simulator/world.ts';

const SECOND = 1_000_000;

/** A small world of members called a, b, c … with the first as seed. */
export class TestCluster {
  readonly world: World;

  constructor(
    size: number,
    options: {
      readonly seconds?: number;
      readonly faults?: readonly Fault[];
      readonly member?: (name: string) => Partial<MemberProgramOptions>;
      readonly seed?: string;
    } = {},
  ) {
    const names = Array.from({ length: size }, (_, i) => String.fromCharCode(97 + i));
    this.world = new World({
      seed: options.seed ?? 'test',
      duration: (options.seconds ?? 60) * SECOND,
      latency: { kind: 'constant', delay: 500 },
      hosts: names.map((name, i) => ({
        name,
        seed: i === 0,
        program: memberProgram({ settings: 'fast', ...options.member?.(name) }),
      })),
      faults: options.faults ?? [],
      debug: true,
    });
  }

  until(seconds: number): this {
    this.world.runUntil(seconds * SECOND);
    return this;
  }

  node(name: string): Membership {
    return this.world.host(name)!.running!.inspect as Membership;
  }

  /** What one node holds, as `name:state` in the order of names. */
  view(of: string): string {
    const members = this.node(of).members();
    return members
      .map((member) => `${member.name}:${member.state}`)
      .toSorted()
      .join(' ');
  }
}

export const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
export const bytes = (value: string): Uint8Array => new TextEncoder().encode(value);
