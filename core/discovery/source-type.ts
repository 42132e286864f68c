import type { Kind } from '../config/kinds.ts';
import type { Clock } from '../ports/clock.ts';
import type { Crypto } from '../ports/crypto.ts';
import type { Files } from '../ports/files.ts';
import type { HttpClients } from '../ports/http.ts';
import type { Log } from '../ports/log.ts';
import type { MulticastDns } from '../ports/multicast-dns.ts';
import type { Random } from '../ports/random.ts';
import type { Resolver } from '../ports/resolver.ts';
import type { Source } from './source.ts';

/** What sources are made of. */
export interface SourcePorts {
  readonly clock: Clock;
  /** A stream of the source's own. */
  readonly random: Random;
  readonly crypto: Crypto;
  readonly files: Files;
  readonly log: Log;
  /** A client of these name servers (`ip:port`), or of the machine's own when there are none. */
  readonly resolver: (servers: readonly string[]) => Resolver;
  readonly http: HttpClients;
  /** Absent where there is no multicast. */
  readonly multicastDns?: MulticastDns;
  /** Where credentials and places are said by custom, such as `AWS_REGION` and `KUBERNETES_SERVICE_HOST`. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Reads YAML; a package that is loaded when it is first needed. */
  readonly parseYaml: (text: string) => Promise<unknown>;
}

/** What is known about the node that a source works for. */
export interface SourceContext {
  readonly label: string;
  readonly dataDir: string;
}

/** A key of one type of source, in the file, the environment and the documentation. */
export interface SourceKey {
  /** As TOML has it, such as `refresh_interval_sec`. */
  readonly name: string;
  /** As the checked configuration has it, such as `refreshIntervalMs`. */
  readonly field: string;
  readonly kind: Kind;
  /** As TOML would have it; undefined where it stays unset. */
  readonly initial: unknown;
  readonly says: string;
  /** Told this one, the source is wanted: nobody needs to name its type. */
  readonly defines?: true;
  /** A source of this type is senseless without it. */
  readonly required?: true;
  readonly secret?: true;
  /** A list of peers: texts and URLs that stand for whole sources may be among them. */
  readonly peers?: true;
  /** Other paths in the file under which the same is accepted, besides `cluster.<type>.<name>`. */
  readonly aliases?: readonly (string | { readonly path: string; readonly kind: Kind })[];
}

/** The checked configuration of one source: its type, and the fields of its keys. */
export interface SourceConfig {
  readonly type: string;
}

/** Keys as TOML has them; what a URL or a text says of a source. */
export type SourceTable = Readonly<Record<string, unknown>>;

/** Parts of `scheme://user:password@host:port/path?query`, percent signs decoded; '' and [] for what is absent. */
export interface SourceUrl {
  readonly text: string;
  /** Without the colon. */
  readonly scheme: string;
  readonly user: string;
  readonly password: string;
  /** `host:port` as written, several of them separated by commas. */
  readonly hosts: readonly string[];
  /** Without the slash at its beginning; what follows the colon where there is no `//`. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
}

/** One way of finding peers, as operators know it: what it can be told, in which words, and how it is made. */
export interface SourceType<C extends SourceConfig = SourceConfig> {
  readonly type: C['type'];
  readonly keys: readonly SourceKey[];
  /** What it asks, as the end of "it finds peers by". */
  readonly inWords: (config: C) => string;
  /** What is wrong with values that are each right by themselves: a sentence that names the keys. */
  readonly problem?: (config: C) => string | undefined;
  /** URLs that stand for such a source, by scheme; throws `InvalidSetting` on one that it cannot read. */
  readonly urls?: Readonly<Record<string, (url: SourceUrl) => SourceTable>>;
  /** Texts such as `provider=aws tag_key=role`, by provider; gives what `keys` would be told, or throws `InvalidSetting`. */
  readonly providers?: Readonly<Record<string, (keys: Readonly<Record<string, string>>) => SourceTable>>;
  create(config: C, ports: SourcePorts, context: SourceContext): Source;
}
