import type { DnsRecord } from '../../../core/dns/message.ts';
import { plainName } from '../../../core/dns/names.ts';
import { recordFrom, type AddressOf } from './zone-text.ts';

export interface DnsZoneOptions {
  /** What it has authority over, such as `disco.test`. */
  readonly origin: string;
  /** Lines, as `recordFrom` reads them. */
  readonly records?: readonly string[];
  /** How long absence may be believed. */
  readonly absentSeconds?: number;
  /** The host that changes are made at. Every other server of the zone copies from it. */
  readonly primary: string;
}

/** What one server knows of a zone. */
export interface ZoneCopy {
  readonly serial: number;
  readonly records: readonly DnsRecord[];
}

const ABSENT_SECONDS = 30;

/** One zone of a world: what its primary server holds, and what the others have copied. It survives all of them. */
export class DnsZone {
  readonly origin: string;
  readonly primary: string;
  readonly absentSeconds: number;
  readonly #lines: readonly string[];
  #truth: ZoneCopy | undefined;
  readonly #copies = new Map<string, ZoneCopy>();

  constructor({ origin, records = [], absentSeconds = ABSENT_SECONDS, primary }: DnsZoneOptions) {
    this.origin = plainName(origin);
    this.absentSeconds = absentSeconds;
    this.primary = primary;
    this.#lines = records;
  }

  holds(name: string): boolean {
    return this.origin === '' || name === this.origin || name.endsWith(`.${this.origin}`);
  }

  /** What the server on this host answers from. A server that has never copied begins with what there is. */
  seenBy(host: string, addressOf: AddressOf): ZoneCopy {
    const truth = this.#current(addressOf);
    if (host === this.primary) return truth;
    const copy = this.#copies.get(host) ?? truth;
    this.#copies.set(host, copy);
    return copy;
  }

  /** The server on this host takes over what the primary holds. */
  copyTo(host: string, addressOf: AddressOf): void {
    this.#copies.set(host, this.#current(addressOf));
  }

  add(line: string, addressOf: AddressOf): void {
    const record = recordFrom(line, addressOf);
    const { records } = this.#current(addressOf);
    const data = JSON.stringify({ ...record, ttl: 0 });
    this.#change([...records.filter((other) => JSON.stringify({ ...other, ttl: 0 }) !== data), record]);
  }

  /** Everything under a name, of one type if given; with `target`, only the services that lead there. */
  remove(name: string, type: string | undefined, target: string | undefined, addressOf: AddressOf): void {
    const isMeant = (record: DnsRecord): boolean =>
      record.name === plainName(name) &&
      (type === undefined || record.type === type) &&
      (target === undefined || ('target' in record && record.target === plainName(target)));
    this.#change(this.#current(addressOf).records.filter((record) => !isMeant(record)));
  }

  #change(records: readonly DnsRecord[]): void {
    this.#truth = { serial: (this.#truth?.serial ?? 0) + 1, records };
  }

  #current(addressOf: AddressOf): ZoneCopy {
    this.#truth ??= { serial: 1, records: this.#lines.map((line) => recordFrom(line, addressOf)) };
    return this.#truth;
  }
}
