/** What is kept under a name. Texts of TXT records may hold any bytes, as texts of this program do (core/wire/text.ts). */
export type DnsData =
  | { readonly type: 'A'; readonly address: string }
  | { readonly type: 'AAAA'; readonly address: string }
  | { readonly type: 'CNAME' | 'NS' | 'PTR'; readonly target: string }
  | {
      readonly type: 'SRV';
      readonly priority: number;
      readonly weight: number;
      readonly port: number;
      readonly target: string;
    }
  | { readonly type: 'TXT'; readonly texts: readonly string[] }
  | {
      readonly type: 'SOA';
      readonly primary: string;
      readonly mailbox: string;
      readonly serial: number;
      /** How long absence may be believed, in seconds (RFC 2308). */
      readonly minimum: number;
    }
  /** A type that nobody here reads, called as RFC 3597 calls it. */
  | { readonly type: UnknownType; readonly bytes: Uint8Array };

type UnknownType = `TYPE${number}`;

export type DnsRecord = DnsData & {
  readonly name: string;
  /** Seconds. */
  readonly ttl: number;
  /** Absent for the Internet, the class that all names are in. */
  readonly class?: number;
  /** Takes the place of all that is known of this name and type (RFC 6762, section 10.2). */
  readonly flush?: true;
};

export type RecordOf<T extends DnsRecord['type']> = Extract<DnsRecord, { readonly type: T }>;

export interface DnsQuestion {
  readonly name: string;
  readonly type: DnsRecord['type'] | 'ANY';
  readonly class?: number;
  /** The answer may go to the asker alone (RFC 6762, section 5.4). */
  readonly unicast?: true;
}

/** A message of the name service, read. */
export interface DnsMessage {
  readonly id: number;
  readonly response: boolean;
  readonly opcode: number;
  readonly authoritative: boolean;
  /** There was more than fitted. */
  readonly truncated: boolean;
  readonly recursionDesired: boolean;
  readonly recursionAvailable: boolean;
  readonly rcode: number;
  /** The largest datagram that the sender takes (EDNS, RFC 6891); undefined where it does not say: 512 bytes. */
  readonly room: number | undefined;
  readonly questions: readonly DnsQuestion[];
  readonly answers: readonly DnsRecord[];
  readonly authorities: readonly DnsRecord[];
  readonly additionals: readonly DnsRecord[];
}

export const RCODE = {
  noError: 0,
  formatError: 1,
  serverFailure: 2,
  noSuchName: 3,
  notImplemented: 4,
  refused: 5,
  badVersion: 16,
} as const;

/** What passes every network unfragmented (DNS flag day 2020). */
export const DATAGRAM_BYTES = 1232;
/** What everybody takes who does not say more (RFC 1035). */
export const SMALL_DATAGRAM_BYTES = 512;
export const DNS_PORT = 53;

const NOTHING: DnsMessage = {
  id: 0,
  response: false,
  opcode: 0,
  authoritative: false,
  truncated: false,
  recursionDesired: false,
  recursionAvailable: false,
  rcode: RCODE.noError,
  room: undefined,
  questions: [],
  answers: [],
  authorities: [],
  additionals: [],
};

export function dnsMessage(parts: Partial<DnsMessage>): DnsMessage {
  return { ...NOTHING, ...parts };
}

/** A question to a name server; `extended` announces room for larger answers. */
export function queryFor(question: DnsQuestion, id: number, extended: boolean): DnsMessage {
  return dnsMessage({
    id,
    recursionDesired: true,
    room: extended ? DATAGRAM_BYTES : undefined,
    questions: [question],
  });
}

/** An answer with the number and the question of `query`. */
export function replyTo(query: DnsMessage, parts: Partial<DnsMessage>): DnsMessage {
  const { id, opcode, recursionDesired, questions } = query;
  const room = query.room === undefined ? undefined : DATAGRAM_BYTES;
  return dnsMessage({ id, response: true, opcode, recursionDesired, room, questions, ...parts });
}
