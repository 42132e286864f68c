import { DISCOVERY_FIELDS, flatPath, SOURCE_FIELDS, type SourceField } from './discovery-fields.ts';
import { field, type Field } from './field.ts';
import * as kinds from './kinds.ts';
import { MEMBERSHIP_FIELDS } from './membership-fields.ts';

/** memberlist asks for as much. */
const RECEIVE_BUFFER_BYTES = 2_097_152;

/** Everything that a node can be told, in the order in which it is printed. */
export const FIELDS: readonly Field[] = [
  field(
    'cluster.enabled',
    kinds.yesOrNo,
    undefined,
    'false: a single node; true as soon as anything about the cluster is said',
    {
      aliases: [{ path: 'cluster.mode', kind: kinds.wordsFor({ distributed: true, single: false }) }],
    },
  ),
  field(
    'cluster.node_id',
    kinds.textUpTo(128),
    '',
    'the name among the members; remembered, or else a fresh UUID, when empty',
  ),
  field('cluster.label', kinds.textUpTo(255), '', 'keeps clusters that share a network apart'),
  field('cluster.data_dir', kinds.path, '', 'where snapshot and keyring are kept; empty keeps nothing'),
  field('cluster.allow', kinds.list(kinds.network), [], 'CIDR blocks that members may come from; empty for all'),
  field('cluster.serf', kinds.yesOrNo, false, 'says when it comes and leaves as Serf agents do: for clusters of them'),
  field('cluster.tags', kinds.tags, {}, 'what every member sees of this node', { reloadable: true }),

  field(
    'cluster.network.mode',
    kinds.oneOf(['udp', 'tcp', 'tls']),
    'udp',
    'datagrams over UDP and streams over TCP, or both over TCP or TLS',
  ),
  field('cluster.network.swim_bind', kinds.bindAddress, '0.0.0.0:7946', 'what is bound for the membership protocol', {
    aliases: ['cluster.listen_addr', 'network.swim_bind'],
  }),
  field(
    'cluster.network.advertise_addr',
    kinds.advertisedAddress,
    '',
    'what others are told; derived from what is bound when empty',
    {
      aliases: ['cluster.advertise_addr'],
    },
  ),
  field('cluster.network.streams_max', kinds.whole(1, 65_536), 512, 'streams open at the same time'),
  field(
    'cluster.network.receive_buffer_bytes',
    kinds.whole(4_096, 1_073_741_824),
    RECEIVE_BUFFER_BYTES,
    'what the system may hold of datagrams that wait',
  ),
  field('cluster.network.tls.cert_file', kinds.path, '', 'PEM; needed by mode tls'),
  field('cluster.network.tls.key_file', kinds.path, '', 'PEM; needed by mode tls'),
  field('cluster.network.tls.ca_file', kinds.path, '', 'PEM; who must have signed the certificates of peers'),
  field(
    'cluster.network.tls.server_name',
    kinds.anyText,
    '',
    'the name in the certificates of peers; empty for their IP address',
  ),

  ...MEMBERSHIP_FIELDS,

  field(
    'cluster.encryption.keys',
    kinds.list(kinds.key),
    [],
    'the primary key first; a keyring file that exists takes their place',
    { secret: true },
  ),
  field('cluster.encryption.keyring_file', kinds.path, '', 'empty means keyring.json in the data directory'),
  field(
    'cluster.encryption.accept_plain',
    kinds.yesOrNo,
    false,
    'let plain text in as well: only while a cluster moves to encryption',
  ),
  field(
    'cluster.encryption.seal_outgoing',
    kinds.yesOrNo,
    true,
    'encrypt what is sent: false only while a cluster moves to encryption',
  ),

  ...DISCOVERY_FIELDS,

  field('cluster.health.interval_sec', kinds.seconds(0.1, 3_600), 10, 'how often the health of the cluster is judged', {
    reloadable: true,
  }),
  field(
    'cluster.snapshot.interval_sec',
    kinds.seconds(0.1, 3_600),
    5,
    'how often a changed view is stored in the data directory',
  ),

  field('admin.enabled', kinds.yesOrNo, true, 'serve health, metrics and commands over HTTP'),
  field('admin.bind', kinds.bindAddress, '127.0.0.1:50051', 'what is bound for it', {
    aliases: ['network.api_bind', 'cluster.network.api_bind'],
  }),
  field(
    'admin.allow_changes',
    kinds.yesOrNo,
    undefined,
    'unset: on a loopback address, or with a token or a client authority',
  ),
  field('admin.token', kinds.anyText, '', 'bearer token that changes need', { secret: true, reloadable: true }),
  field('admin.token_file', kinds.path, '', 'a file that holds the token', { reloadable: true }),
  field('admin.cert_file', kinds.path, '', 'PEM; serves HTTPS'),
  field('admin.key_file', kinds.path, '', 'PEM; needed with cert_file'),
  field('admin.ca_file', kinds.path, '', 'PEM; callers with a certificate of this authority may change things'),

  field('log.level', kinds.oneOf(['debug', 'info', 'warn', 'error']), 'info', 'what is too unimportant to be written', {
    reloadable: true,
  }),
  field('log.format', kinds.oneOf(['auto', 'json', 'pretty']), 'auto', 'auto: pretty on a terminal, JSON elsewhere'),
];

/** What a name may mean. */
export interface Meaning {
  readonly field: Field;
  /** The form in which this name of the field is given. */
  readonly kind: kinds.Kind;
  /** Set for the key of a source. */
  readonly source?: SourceField;
}

/** Every name, and what it may mean: one thing, save for keys that several types of sources have. */
export const KNOWN: ReadonlyMap<string, readonly Meaning[]> = allNames();

function allNames(): ReadonlyMap<string, readonly Meaning[]> {
  const names = new Map<string, Meaning[]>();
  const add = (path: string, meaning: Meaning): void => {
    const known = names.get(path) ?? [];
    if (!known.some(({ field }) => field === meaning.field)) names.set(path, [...known, meaning]);
  };
  for (const field of FIELDS) {
    for (const { path, kind } of [field, ...field.aliases]) add(path, { field, kind });
  }
  for (const source of SOURCE_FIELDS) {
    const { kind, key, aliases } = source;
    for (const name of [source, { path: flatPath(key.name), kind }, ...aliases]) {
      add(name.path, { field: source, kind: name.kind, source });
    }
  }
  return names;
}

/** Every table that a known name lies in: `cluster`, `cluster.network`, … */
export const TABLES: ReadonlySet<string> = new Set(
  [...KNOWN.keys()].flatMap((path) => {
    const parts = path.split('.');
    return parts.slice(1).map((_, i) => parts.slice(0, i + 1).join('.'));
  }),
);

export const PREFIX = 'ROLLCALL_';

export function variableOf(path: string): string {
  return PREFIX + path.replaceAll('.', '_').toUpperCase();
}

export const VARIABLES: ReadonlyMap<string, string> = new Map(
  [...KNOWN.keys()].map((path) => [variableOf(path), path]),
);
