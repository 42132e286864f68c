import type { Crypto, Key } from '../ports/crypto.ts';
import type { SealVersion } from './seal.ts';

/** What all members of a cluster agree on about how their bytes are wrapped. */
export interface Security {
  /** Keeps clusters that share a network apart; '' for none. At most 255 bytes. */
  readonly label: string;
  readonly crypto: Crypto;
  /** Every key that opens, the one that seals first; none for plain text. May change while the cluster runs. */
  keys(): readonly Key[];
  /** Compress what is sent: packets when that makes them smaller, streams always. */
  readonly compress: boolean;
  readonly sealVersion: SealVersion;
  /** With keys, whether plain text is let in as well: only while a cluster moves to encryption. */
  readonly acceptPlain: boolean;
}
