import { Membership } from '../../core/membership/membership.ts';
import type { Observation } from '../../core/membership/observation.ts';
import type { MembershipOptions } from '../../core/membership/options.ts';
import { presets } from '../../core/membership/settings.ts';
import type { Clock, Micros, Timer } from '../../core/ports/clock.ts';
import type { Address, EndpointHandlers, Stream, StreamHandlers, Transport } from '../../core/ports/transport.ts';
import { seededRandom } from '../../core/random.ts';
import { standInCrypto } from '../../simulator/sim-crypto.ts';
import type { Description, Frame, Message, Packet, PeerState, StreamMessage } from '../../core/wire/messages.ts';

/** A clock that moves only when told to. */
export class ManualClock implements Clock {
  #now = 0;
  #next = 1;
  #timers: { id: Timer; at: Micros; task: () => void }[] = [];

  now(): Micros {
    return this.#now;
  }

  wallTime(): number {
    return 1_800_000_000_000 + Math.floor(this.#now / 1_000);
  }

  after(delay: Micros, task: () => void): Timer {
    const id = this.#next++;
    this.#timers.push({ id, at: this.#now + Math.max(0, delay), task });
    return id;
  }

  cancel(timer: Timer): void {
    this.#timers = this.#timers.filter((one) => one.id !== timer);
  }

  get pending(): number {
    return this.#timers.length;
  }

  /** Runs everything due within the next `ms` milliseconds, in order. */
  advance(ms: number): void {
    const end = this.#now + ms * 1_000;
    for (;;) {
      const due = this.#timers.filter((one) => one.at <= end).sort((a, b) => a.at - b.at || a.id - b.id)[0];
      if (due === undefined) break;
      this.cancel(due.id);
      this.#now = due.at;
      due.task();
    }
    this.#now = end;
  }
}

interface Dialled {
  readonly to: Address;
  readonly handlers: StreamHandlers<Frame>;
  readonly sent: StreamMessage[];
  readonly stream: Stream<Frame>;
}

/** One node whose whole world is this test: it sees what the test sends and the test sees what it sends. */
export class LoneNode {
  readonly clock = new ManualClock();
  readonly node: Membership;
  readonly sent: { readonly to: Address; readonly packet: Packet }[] = [];
  readonly dialled: Dialled[] = [];
  readonly observed: Observation[] = [];
  closed = false;
  #handlers: EndpointHandlers<Packet, Frame> | undefined;

  constructor(options: Partial<MembershipOptions> = {}) {
    const transport: Transport = {
      open: (address, _protocol, handlers) => {
        this.#handlers = handlers as unknown as EndpointHandlers<Packet, Frame>;
        this.closed = false;
        return {
          address,
          send: (to, packet) => void this.sent.push({ to, packet: packet as unknown as Packet }),
          connect: (to, _deadline, handlers) => this.#dial(to, handlers as unknown as StreamHandlers<Frame>) as never,
          close: () => {
            this.closed = true;
          },
        };
      },
    };
    this.node = new Membership({
      name: 'me',
      address: '10.0.0.1:7946',
      settings: presets.lan,
      observe: (observation) => void this.observed.push(observation),
      ...options,
      ports: {
        clock: this.clock,
        random: seededRandom('lone'),
        transport,
        crypto: {
          ...standInCrypto(seededRandom('lone')),
          nonce: () => new Uint8Array(12),
          seal: (_key, _nonce, plain) => Uint8Array.of(...plain, ...new Uint8Array(16)),
          open: (_key, _nonce, sealed) => sealed.slice(0, -16),
          hash: () => new Uint8Array(32),
        },
      },
    });
    void this.node.join();
  }

  /** A datagram arrives. */
  hear(parts: Message | readonly Message[], from: Address = '10.0.0.2:7946', envelope: Partial<Packet> = {}): void {
    const list = Array.isArray(parts) ? (parts as Message[]) : [parts as Message];
    this.#handlers!.onDatagram({ label: '', key: undefined, checksum: false, parts: list, ...envelope }, from);
  }

  /** A peer exchanges state with us; returns our answer. */
  exchange(
    states: readonly PeerState[],
    userState: Uint8Array = new Uint8Array(0),
    join = false,
  ): StreamMessage | undefined {
    const answers: StreamMessage[] = [];
    const stream = fakeStream('10.0.0.2:50000', answers);
    const handlers = this.#handlers!.onStream(stream);
    const message: StreamMessage = { kind: 6, join, states, userState };
    handlers.onMessage({ label: '', key: undefined, message }, stream);
    handlers.onClose('end');
    return answers[0];
  }

  /** All parts sent so far to an address (or to all), newest last. */
  parts(to?: Address): Message[] {
    return this.sent.filter((one) => to === undefined || one.to === to).flatMap((one) => [...one.packet.parts]);
  }

  states(): Record<string, string> {
    return Object.fromEntries(
      this.node.members().map((member) => [member.name, `${member.state}@${member.incarnation}`]),
    );
  }

  #dial(to: Address, handlers: StreamHandlers<Frame>): Stream<Frame> {
    const sent: StreamMessage[] = [];
    const stream = fakeStream(to, sent);
    this.dialled.push({ to, handlers, sent, stream });
    return stream;
  }
}

function fakeStream(peer: Address, sent: StreamMessage[]): Stream<Frame> {
  return {
    peer,
    pending: 0,
    send: (frame) => void sent.push(frame.message),
    end: () => {},
    close: () => {},
  };
}

export function described(name: string, address: Address, meta = ''): Description {
  const bytes = new TextEncoder().encode(meta);
  return Object.freeze({ name, address, meta: bytes, vsn: Uint8Array.of(1, 5, 2, 2, 5, 4) });
}

export const alive = (about: Description, incarnation: number): Message => ({ kind: 4, incarnation, about });
export const suspect = (node: string, incarnation: number, from: string): Message => ({
  kind: 3,
  node,
  incarnation,
  from,
});
export const dead = (node: string, incarnation: number, from: string): Message => ({
  kind: 5,
  node,
  incarnation,
  from,
});
