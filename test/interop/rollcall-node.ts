import { encodeTags, type Tags } from '../../core/membership/tags.ts';
import { Keyring } from '../../core/membership/keyring.ts';
import { Membership } from '../../core/membership/membership.ts';
import type { MembershipOptions } from '../../core/membership/options.ts';
import { presets } from '../../core/membership/settings.ts';
import { seededRandom } from '../../core/random.ts';
import { systemClock } from '../../transports/clock.ts';
import { nodeCrypto } from '../../transports/crypto.ts';
import { bindTransport } from '../../transports/sockets/bind.ts';
import type { BoundTransport } from '../../transports/sockets/socket-transport.ts';
import { freeAddress } from './free-address.ts';

export interface RollcallNodeOptions extends Partial<Omit<MembershipOptions, 'name' | 'ports' | 'keyring'>> {
  readonly name: string;
  readonly tags?: Tags;
  readonly key?: Uint8Array | undefined;
}

/** A member on real sockets, with the timing that `-profile=local` gives to Serf. */
export class RollcallNode {
  readonly membership: Membership;
  readonly name: string;
  readonly address: string;
  readonly #transport: BoundTransport;

  static async start({ tags = {}, key, ...options }: RollcallNodeOptions): Promise<RollcallNode> {
    const clock = systemClock();
    const transport = await bindTransport({ bind: await freeAddress(), mode: 'udp', clock });
    const membership = new Membership({
      settings: presets.local,
      meta: encodeTags(tags),
      ...options,
      ...(key === undefined ? {} : { keyring: new Keyring([key]) }),
      address: transport.address,
      ports: { clock, random: seededRandom(options.name), transport, crypto: nodeCrypto() },
    });
    return new RollcallNode(membership, transport);
  }

  private constructor(membership: Membership, transport: BoundTransport) {
    this.membership = membership;
    this.name = membership.name;
    this.address = transport.address;
    this.#transport = transport;
  }

  /** `name:state` of all members in the order of names. */
  view(): string {
    const members = this.membership.members();
    return members
      .map(({ name, state }) => `${name}:${state}`)
      .toSorted()
      .join(' ');
  }

  async stop(): Promise<void> {
    this.membership.stop();
    await this.#transport.close();
  }
}
