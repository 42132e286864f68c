import { readConfig } from '../core/config/read.ts';

const ROUNDS = 2_000;

/** Milliseconds to parse, check and join a realistic file, twenty variables and two flags. */
export interface ConfigBenchResult {
  readonly fileBytes: number;
  /** The one call that a starting node makes: nothing is compiled yet. */
  readonly firstMs: number;
  readonly medianMs: number;
}

export function benchConfig(): ConfigBenchResult {
  const times = Array.from({ length: ROUNDS }, () => {
    const start = performance.now();
    readConfig({ file: { path: 'rollcall.toml', text: FILE }, environment: ENVIRONMENT, flags: FLAGS });
    return performance.now() - start;
  });
  const [firstMs = 0] = times;
  const sorted = times.toSorted((a, b) => a - b);
  return { fileBytes: FILE.length, firstMs, medianMs: sorted[ROUNDS / 2] ?? 0 };
}

const FLAGS = [
  { flag: '--node-id', path: 'cluster.node_id', value: 'db-7' },
  { flag: '--log-level', path: 'log.level', value: 'info' },
];

const ENVIRONMENT: Readonly<Record<string, string>> = {
  ROLLCALL_CLUSTER_NETWORK_ADVERTISE_ADDR: '10.0.3.7',
  ROLLCALL_CLUSTER_TAGS: 'zone=eu-1a,rack=r12',
  ...Object.fromEntries(Array.from({ length: 18 }, (_, i) => [`SERVICE_${i}_HOST`, `10.96.0.${i}`])),
};

const FILE = `
[cluster]
label = "production"
data_dir = "/var/lib/rollcall"
allow = ["10.0.0.0/8", "fd00::/8"]

[cluster.tags]
role = "database"
dc = "eu"

[cluster.network]
mode = "tls"
swim_bind = "0.0.0.0:7946"

[cluster.network.tls]
cert_file = "/etc/rollcall/node.pem"
key_file = "/etc/rollcall/node.key"
ca_file = "/etc/rollcall/ca.pem"

[cluster.membership]
preset = "lan"
probe_interval_ms = 2_000
gossip_nodes = 4

[cluster.encryption]
keys = ["AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="]

[[cluster.discovery.sources]]
type = "static"
seed_nodes = ["10.0.1.1:7946", "10.0.1.2:7946", "node-3.example.org"]

[[cluster.discovery.sources]]
type = "dns"
service = "_rollcall._tcp.example.org"
refresh_interval_sec = 15

[admin]
bind = "127.0.0.1:50051"
token_file = "/etc/rollcall/token"

[log]
level = "warn"
format = "json"
`;
