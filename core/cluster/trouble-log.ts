import type { Log, LogLevel } from '../ports/log.ts';
import type { Traffic } from '../metrics/watched.ts';

/** What sockets count of what went wrong. */
export type Trouble = Pick<Traffic, 'sendErrors' | 'acceptErrors' | 'tlsFailures' | 'openingsUnknown' | 'carriersCut'>;

type Meaning = readonly [LogLevel, string];

interface Kind {
  readonly operation: string;
  readonly says: (count: number) => string;
  /** How often so far, by code; plain counts have the code ''. */
  readonly counts: (trouble: Trouble) => Iterable<readonly [code: string, count: number]>;
  readonly meanings: Readonly<Record<string, Meaning>>;
  /** Of codes without a meaning of their own. */
  readonly otherwise: Meaning;
}

const FILES: Meaning = ['error', 'too many files are open: raise the limit (LimitNOFILE, ulimit -n)'];
const ROUTE: Meaning = ['warn', 'there is no way there: compare routes with the addresses in `rollcall members`'];
const STRANGER: Meaning = ['warn', 'no authority in cluster.network.tls.ca_file signed it'];
const DOUBTED: Meaning = [
  'warn',
  'the peer refused the certificate of this node: compare tls.cert_file with its ca_file',
];
const EXPIRED: Meaning = ['error', 'the certificate of this node has expired: renew it'];
const NO_TLS: Meaning = ['warn', 'what was said is not TLS: compare cluster.network.mode on both sides'];
const BROKEN_OFF: Meaning = ['debug', 'the other side broke it off, and its log says why'];

const KINDS: readonly Kind[] = [
  {
    operation: 'send',
    says: (count) => `${count} ${count === 1 ? 'datagram was' : 'datagrams were'} not sent`,
    counts: ({ sendErrors }) => sendErrors,
    meanings: {
      EPERM: ['warn', 'a firewall on this machine forbids it'],
      EACCES: ['warn', 'this machine forbids it: look at its firewall, and for addresses of broadcasts'],
      ENETUNREACH: ROUTE,
      EHOSTUNREACH: ROUTE,
      EADDRNOTAVAIL: ['warn', 'the address that this node is bound to is gone'],
      EMSGSIZE: ['warn', 'larger than the network carries: lower cluster.membership.packet_bytes'],
      ENOBUFS: ['warn', 'the system has no room left for what is to be sent'],
      ENOMEM: ['warn', 'the system has no memory left for what is to be sent'],
      EMFILE: FILES,
      ENFILE: FILES,
      ECONNREFUSED: ['debug', 'nobody listens there any more'],
    },
    otherwise: ['warn', 'so the system said'],
  },
  {
    operation: 'accept',
    says: (count) => `${count} ${count === 1 ? 'connection' : 'connections'} could not be accepted`,
    counts: ({ acceptErrors }) => acceptErrors,
    meanings: { EMFILE: FILES, ENFILE: FILES },
    otherwise: ['warn', 'so the system said'],
  },
  {
    operation: 'tls',
    says: (count) => `${count} TLS ${count === 1 ? 'handshake' : 'handshakes'} failed`,
    counts: ({ tlsFailures }) => tlsFailures,
    meanings: {
      CERT_HAS_EXPIRED: ['error', 'a certificate has expired: renew it'],
      CERT_NOT_YET_VALID: ['warn', 'a certificate is not valid yet: compare the clocks'],
      DEPTH_ZERO_SELF_SIGNED_CERT: STRANGER,
      SELF_SIGNED_CERT_IN_CHAIN: STRANGER,
      UNABLE_TO_GET_ISSUER_CERT: STRANGER,
      UNABLE_TO_GET_ISSUER_CERT_LOCALLY: STRANGER,
      UNABLE_TO_VERIFY_LEAF_SIGNATURE: STRANGER,
      ERR_TLS_CERT_ALTNAME_INVALID: ['warn', 'a certificate is made out for another name or address'],
      ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE: ['warn', 'the peer showed no certificate'],
      ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: DOUBTED,
      // OpenSSL 3.2 gave the same alerts new names.
      ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: DOUBTED,
      'ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE': DOUBTED,
      ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED: EXPIRED,
      'ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_EXPIRED': EXPIRED,
      ERR_SSL_WRONG_VERSION_NUMBER: NO_TLS,
      ERR_SSL_HTTP_REQUEST: NO_TLS,
      ECONNRESET: BROKEN_OFF,
      EPIPE: BROKEN_OFF,
      ECONNREFUSED: ['debug', 'nobody listens there any more'],
    },
    otherwise: ['warn', 'look for the code in the documentation of OpenSSL'],
  },
  {
    operation: 'accept',
    says: (count) =>
      `${count} ${count === 1 ? 'connection' : 'connections'} began with something else than a node says`,
    counts: ({ openingsUnknown }) => [['', openingsUnknown]],
    meanings: {},
    otherwise: ['warn', 'compare cluster.network.mode on both sides, and look who probes this port'],
  },
  {
    operation: 'accept',
    says: (count) => `${count} ${count === 1 ? 'carrier' : 'carriers'} of others closed to make room`,
    counts: ({ carriersCut }) => [['', carriersCut]],
    meanings: {},
    otherwise: ['warn', 'more connections for datagrams than may be: look who opens so many'],
  },
];

/** Tells the log what went wrong on the sockets since it was last asked: once per code, however often it happened. */
export class TroubleLog {
  readonly #trouble: Trouble;
  readonly #log: Log;
  readonly #told = KINDS.map(() => new Map<string, number>());

  constructor(trouble: Trouble, log: Log) {
    this.#trouble = trouble;
    this.#log = log;
  }

  tell(): void {
    for (const [i, { operation, says, counts, meanings, otherwise }] of KINDS.entries()) {
      const told = this.#told[i]!;
      for (const [code, count] of counts(this.#trouble)) {
        const fresh = count - (told.get(code) ?? 0);
        if (fresh === 0) continue;
        told.set(code, count);
        const [level, meaning] = meanings[code] ?? otherwise;
        const named = code === '' ? '' : ` (${code})`;
        const fields = code === '' ? { operation, count: fresh } : { operation, code, count: fresh };
        this.#log[level](fields, `${says(fresh)}${named}: ${meaning}`);
      }
    }
  }
}
