import { SECOND } from '../../core/ports/clock.ts';
import type { Protocol, StreamReader } from '../../core/ports/transport.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import type { Invariant } from '../../simulator/invariant.ts';
import type { Host, Program } from '../../simulator/program.ts';

/** The smallest protocol there is: one number, as text. */
export interface Ping {
  readonly number: number;
}

const codec = {
  encode: ({ number }: Ping) => new TextEncoder().encode(String(number)),
  decode: (bytes: Uint8Array): Ping => ({ number: Number(new TextDecoder().decode(bytes)) }),
  size: ({ number }: Ping) => String(number).length,
  parts: ({ number }: Ping, visit: (kind: number, size: number, seq: number, subject: string, inc: number) => void) =>
    visit(1, 1, number, '', 0),
};

export const pingProtocol: Protocol<Ping, Ping> = {
  datagram: codec,
  stream: { ...codec, reader: (): StreamReader<Ping> => ({ push: (bytes) => [codec.decode(bytes)] }) },
};

export interface PingHabits {
  /** Runs at every ping sent: where tests plant what a program must not do. */
  readonly onPing?: (host: Host, count: number) => void;
}

/** Pings a random other host each second and tells of every answer. */
export function pinger(names: readonly string[], { onPing }: PingHabits = {}): Program {
  return (host) => {
    let count = 0;
    const endpoint = host.transport.open(host.address, pingProtocol, {
      onDatagram({ number }, from) {
        if (number % 2 === 0) endpoint.send(from, { number: number + 1 });
        else host.emit({ type: 'answered' });
      },
      onMalformed() {},
      onStream: () => ({ onMessage() {}, onClose() {} }),
    });
    const others = names.filter((name) => name !== host.name);
    const ping = () => {
      count += 1;
      onPing?.(host, count);
      const peer = host.addressOf(host.random.pick(others));
      if (peer !== undefined) endpoint.send(peer, { number: count * 2 });
      host.clock.after(SECOND, ping);
    };
    host.clock.after(host.random.int(SECOND), ping);
    return {};
  };
}

/** Breaks when one host has heard more answers than `limit`. */
export function atMostAnswers(limit: number): Invariant {
  return {
    id: 'few-answers',
    words: `Nobody hears more than ${limit} answers.`,
    create(world) {
      const heard = new Map<string, number>();
      return {
        onEvent(host, event) {
          if (event.type !== 'answered') return;
          const count = (heard.get(host.name) ?? 0) + 1;
          heard.set(host.name, count);
          if (count === 3) world.reached('three answers');
          if (count > limit) {
            const detail = `${host.name} has heard ${count} answers.`;
            world.violate({ invariant: 'few-answers', subject: host.name, phase: 'always', detail });
          }
        },
      };
    },
  };
}

const NAMES = ['n1', 'n2', 'n3'];

/** Three hosts that ping one another for ten seconds while a third of the datagrams is lost for a while. */
export function pingScenario(
  name: string,
  more: Partial<Scenario> & { readonly habits?: PingHabits; readonly limit?: number } = {},
): Scenario {
  const { habits = {}, limit = 1000, ...fields } = more;
  return {
    name,
    summary: 'three hosts ping one another',
    stage: () => ({
      hosts: NAMES.map((host) => ({ name: host, program: pinger(NAMES, habits) })),
      faults: [{ id: 'rain', at: 2 * SECOND, kind: 'link', for: 3 * SECOND, loss: [1, 3] }],
      duration: 10 * SECOND,
      invariants: [atMostAnswers(limit)],
    }),
    ...fields,
  };
}
