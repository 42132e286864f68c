import type { Address } from '../../core/ports/transport.ts';

/** How datagrams travel: over UDP, or on connections of their own. */
export interface DatagramPath {
  /** Never throws for what the network does: it is counted. */
  send(to: Address, bytes: Uint8Array): void;
  close(): Promise<void>;
}

export type Deliver = (bytes: Uint8Array, from: Address) => void;
