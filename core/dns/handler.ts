import type { Address } from '../ports/transport.ts';
import type { DnsMessage } from './message.ts';

/** Who asks a name server, and how. */
export interface Asker {
  readonly over: 'datagram' | 'stream';
  readonly address: Address;
}

/** The one shape of a name server, whoever serves it. `silence` leaves the asker waiting; `hang-up` ends its stream. */
export type DnsHandler = (query: DnsMessage, asker: Asker) => Promise<DnsMessage | 'silence' | 'hang-up'>;
