import { answersTo, failure, givenUp, late, malformed, type Exchange, type Trial } from '../../../core/dns/exchange.ts';
import { DNS_PORT, queryFor, type DnsMessage } from '../../../core/dns/message.ts';
import { dnsProtocol } from '../../../core/dns/protocol.ts';
import { isIp } from '../../../core/discovery/host-port.ts';
import { AddressInUse } from '../../../core/errors.ts';
import { MILLISECOND } from '../../../core/ports/clock.ts';
import { ResolveFailed, type ResolveProblem } from '../../../core/ports/resolver.ts';
import type { Address, CloseReason, Endpoint, Stream } from '../../../core/ports/transport.ts';
import { ipOf } from '../../http/server.ts';
import type { Host } from '../../program.ts';

const FIRST_PORT = 32_768;
const LAST_PORT = 49_151;
const IDS = 0x1_0000;

/** Asks over the network of the world. Servers are hosts of the world, or `ip:port`. */
export function simulatedExchange(host: Host): Exchange {
  let client: DnsClient | undefined;
  return (trial) => (client ??= new DnsClient(host)).ask(trial);
}

interface Pending {
  readonly trial: Trial;
  readonly to: Address;
  settle(outcome: DnsMessage | ResolveFailed): void;
}

class DnsClient {
  readonly #host: Host;
  readonly #endpoint: Endpoint<DnsMessage, DnsMessage>;
  readonly #pending = new Map<number, Pending>();

  constructor(host: Host) {
    this.#host = host;
    this.#endpoint = this.#open(FIRST_PORT);
  }

  ask(trial: Trial): Promise<DnsMessage> {
    const to = addressOf(this.#host, trial.server);
    if (to === undefined) return Promise.reject(failure(trial, 'unreachable', 'cannot be reached (no such host)'));
    const { clock } = this.#host;
    return new Promise((resolve, reject) => {
      const id = this.#freeId();
      let stream: Stream<DnsMessage> | undefined;
      const settle = (outcome: DnsMessage | ResolveFailed): void => {
        if (!this.#pending.delete(id)) return;
        clock.cancel(timer);
        trial.signal?.removeEventListener('abort', giveUp);
        stream?.close();
        if (outcome instanceof ResolveFailed) reject(outcome);
        else resolve(outcome);
      };
      const giveUp = (): void => settle(givenUp(trial));
      const timer = clock.after(Math.round(trial.waitMs * MILLISECOND), () => settle(late(trial)));
      trial.signal?.addEventListener('abort', giveUp, { once: true });
      this.#pending.set(id, { trial, to, settle });
      const query = queryFor(trial.question, id, trial.extended);
      if (trial.over === 'datagram') this.#endpoint.send(to, query);
      else stream = this.#converse(trial, to, query, settle);
    });
  }

  #converse(trial: Trial, to: Address, query: DnsMessage, settle: Pending['settle']): Stream<DnsMessage> {
    const stream = this.#endpoint.connect(to, Math.max(1, Math.round(trial.waitMs * MILLISECOND)), {
      onMessage: (reply) => settle(answersTo(reply, query.id, trial.question) ? reply : malformed(trial)),
      onClose: (reason) => settle(endOf(trial, reason)),
    });
    stream.send(query);
    return stream;
  }

  #freeId(): number {
    for (;;) {
      const id = this.#host.random.int(IDS);
      if (!this.#pending.has(id)) return id;
    }
  }

  #open(port: number): Endpoint<DnsMessage, DnsMessage> {
    try {
      return this.#host.transport.open(`${ipOf(this.#host.address)}:${port}`, dnsProtocol, {
        onMalformed: (_, from) => this.#onUnreadable(from),
        onStream: (stream) => {
          stream.close();
          return { onMessage() {}, onClose() {} };
        },
        onDatagram: (reply, from) => {
          const pending = this.#pending.get(reply.id);
          if (pending?.to !== from || pending.trial.over !== 'datagram') return;
          if (answersTo(reply, reply.id, pending.trial.question)) pending.settle(reply);
        },
      });
    } catch (error) {
      if (!(error instanceof AddressInUse) || port === LAST_PORT) throw error;
      return this.#open(port + 1);
    }
  }

  /** A socket of its own for each question, as on real machines, would know whose answer was damaged. */
  #onUnreadable(from: Address): void {
    for (const { trial, to, settle } of this.#pending.values()) {
      if (to === from && trial.over === 'datagram') return settle(malformed(trial));
    }
  }
}

function addressOf(host: Host, server: string): Address | undefined {
  if (isIp(server.slice(0, server.lastIndexOf(':')))) return server;
  const address = host.addressOf(server);
  return address === undefined ? undefined : `${ipOf(address)}:${DNS_PORT}`;
}

const ENDS: Readonly<Record<CloseReason, readonly [ResolveProblem, string]>> = {
  refused: ['unreachable', 'cannot be reached (it takes no connections)'],
  end: ['unreachable', 'hung up before it had answered'],
  reset: ['unreachable', 'hung up before it had answered'],
  closed: ['timeout', 'was not waited for any longer'],
  'endpoint-closed': ['timeout', 'was not waited for any longer'],
  timeout: ['timeout', 'did not answer in time'],
  malformed: ['malformed', 'answered with something unreadable'],
};

function endOf(trial: Trial, reason: CloseReason): ResolveFailed {
  return failure(trial, ...ENDS[reason]);
}
