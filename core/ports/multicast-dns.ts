import type { DnsMessage } from '../dns/message.ts';
import { RollcallError } from '../errors.ts';
import type { Address } from './transport.ts';

export const MULTICAST_DNS_PORT = 5353;

/** Messages of the name service among the machines of a link (RFC 6762). */
export interface MulticastEndpoint {
  /** To everybody on all of its links, or to one. What is lost is lost without a word. */
  send(message: DnsMessage, to?: Address): void;
  close(): void;
}

export interface MulticastHandlers {
  /** Also what this endpoint has sent itself may come back. */
  onMessage(message: DnsMessage, from: Address): void;
}

/** Contract: `open` throws `MulticastUnavailable` where there is no link to be heard on. */
export interface MulticastDns {
  /** On these interfaces of the machine, by name or address; on all that take multicast when there are none. */
  open(interfaces: readonly string[], handlers: MulticastHandlers): Promise<MulticastEndpoint>;
}

export class MulticastUnavailable extends RollcallError {
  constructor(problem: string, options?: { cause?: unknown }) {
    super('MULTICAST_UNAVAILABLE', problem, options);
  }
}
