import { beforeAll, describe, expect, test } from 'vitest';
import { DISTRIBUTIONS } from '../../core/metrics/distributions.ts';
import { DROP_REASONS } from '../../core/membership/counters.ts';
import { METRICS } from '../../core/metrics/metrics.ts';
import { ROUTES } from '../../core/admin/routes.ts';
import { promMeter } from '../../transports/meter.ts';
import { deployed, pageOf, textOf } from './files.ts';
import { parseYaml, type Yaml } from './yaml.ts';

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly runbook_url: string };
}

const [alerts] = parseYaml(textOf('prometheus/alerts.yml')) as unknown as [{ groups: { rules: Rule[] }[] }];
const rules = alerts.groups.flatMap((group) => group.rules);

interface Panel {
  readonly title: string;
  readonly targets?: readonly { readonly expr: string }[];
}
const dashboard = JSON.parse(textOf('grafana/dashboards/rollcall.json')) as {
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string }[] };
};
const queries = dashboard.panels.flatMap(({ title, targets = [] }) =>
  targets.map(({ expr }) => [title, expr] as const),
);

const kinds = new Map<string, string>([
  ...METRICS.map(({ name, kind }) => [name, kind] as const),
  ...Object.values(DISTRIBUTIONS).map(({ name }) => [`${name}_bucket`, 'counter'] as const),
]);
beforeAll(async () => {
  const { text } = await (await promMeter({ process: true })).scrape();
  for (const [, name, kind] of text.matchAll(/^# TYPE (process_\w+) (\w+)$/gm)) kinds.set(name!, kind!);
});

/** Metrics in a query: all words with an underscore that are neither functions nor labels. */
function metricsIn(query: string): string[] {
  const bare = query.replaceAll(/"[^"]*"/g, '').replaceAll(/\{[^}]*\}|\$\w+|\b(by|ignoring|on) \([^)]*\)/g, '');
  return bare.match(/\b[a-z]+_\w+\b(?! ?\()/g) ?? [];
}

function checkQuery(query: string): void {
  const metrics = metricsIn(query);
  expect(metrics.filter((name) => !kinds.has(name))).toEqual([]);
  for (const name of metrics) {
    // Counters tell nothing by their height, gauges nothing by their rate.
    const rated = new RegExp(`\\b(rate|increase)\\(${name}\\b`).test(query);
    expect([name, rated]).toEqual([name, kinds.get(name) === 'counter']);
  }
  const count = (pattern: RegExp): number => query.match(pattern)?.length ?? 0;
  expect(count(/\(/g)).toBe(count(/\)/g));
  expect(count(/\{/g)).toBe(count(/\}/g));
}

describe('alerts', () => {
  test.each(rules.map((rule) => [rule.alert, rule] as const))('%s asks for metrics that exist', (_, { expr }) => {
    if (!expr.startsWith('up{')) expect(metricsIn(expr).length).toBeGreaterThan(0);
    checkQuery(expr);
  });

  test.each(rules.map((rule) => [rule.alert, rule] as const))('%s has a section that helps', (alert, rule) => {
    expect(rule.annotations.runbook_url).toBe(`docs/operations.md#${alert.toLowerCase()}`);
    expect(pageOf('operations.md').split('\n')).toContain(`### ${alert}`);
    expect(['critical', 'warning']).toContain(rule.labels.severity);
    expect(rule.annotations.summary).toMatch(/\.$/);
  });

  test('no section is about an alert that is gone', () => {
    const sections = [...pageOf('operations.md').matchAll(/^### (Rollcall\w+)$/gm)].map(([, name]) => name);
    expect(sections).toEqual(rules.map(({ alert }) => alert));
  });

  test('they name reasons that exist', () => {
    const reasons = rules.flatMap(({ expr }) => /reason=~"([^"]+)"/.exec(expr)?.[1]?.split('|') ?? []);
    expect(reasons.length).toBeGreaterThan(0);
    expect(DROP_REASONS).toEqual(expect.arrayContaining(reasons));
  });
});

/** Not on the dashboard: other panels say the same, or nobody needs a curve of it. */
const CLOSER = [
  'rollcall_carriers_accepted_total',
  'rollcall_carriers_cut_total',
  'rollcall_carriers_dialed_total',
  'rollcall_carriers_failed_total',
  'rollcall_carriers_open',
  'rollcall_cluster_partition_members',
  'rollcall_cluster_partition_ratio',
  'rollcall_cluster_partition_reachable',
  'rollcall_cluster_partitions_detected_total',
  'rollcall_cluster_partitions_healed_total',
  'rollcall_cluster_size',
  'rollcall_connections_open',
  'rollcall_connections_unattended_total',
  'rollcall_datagrams_unattended_total',
  'rollcall_discovery_attempts_total',
  'rollcall_discovery_contacts',
  'rollcall_discovery_registered',
  'rollcall_discovery_source_resting',
  'rollcall_exchange_duration_seconds_bucket',
  'rollcall_exchange_state_bytes_bucket',
  'rollcall_incarnation',
  'rollcall_openings_unknown_total',
  'rollcall_packets_received_total',
  'rollcall_packets_sent_total',
  'rollcall_receive_buffer_bytes',
  'rollcall_snapshot_failures_total',
  'rollcall_turns_stretched_total',
];

describe('the dashboard', () => {
  test.each(queries)('%s asks for metrics that exist: %s', (_, query) => checkQuery(query));

  test('only its own variables are used', () => {
    const known = new Set([...dashboard.templating.list.map(({ name }) => name), '__rate_interval']);
    const used = textOf('grafana/dashboards/rollcall.json').matchAll(/\$\{?(\w+)\}?/g);
    expect([...used].map(([, name]) => name!).filter((name) => !known.has(name))).toEqual([]);
  });

  test('every metric is on it, save those that are for looking closer', () => {
    const shown = new Set(queries.flatMap(([, query]) => metricsIn(query)));
    const missing = [...kinds.keys()].filter((name) => name.startsWith('rollcall_') && !shown.has(name));
    expect(missing.toSorted()).toEqual(CLOSER);
  });
});

describe('what Prometheus and Grafana are told', () => {
  test.each([...deployed('.yml'), ...deployed('.yaml')])('%s is YAML', (path) => {
    expect(parseYaml(textOf(path)).length).toBeGreaterThan(0);
  });

  test('Prometheus asks the address of the admin interface, where metrics are', () => {
    const [config] = parseYaml(textOf('prometheus/prometheus.yml')) as [Record<string, Yaml>];
    expect(config['rule_files']).toEqual(['alerts.yml']);
    expect(config['scrape_configs']).toMatchObject([{ job_name: 'rollcall', dns_sd_configs: [{ port: 50051 }] }]);
    expect(ROUTES.map(({ path }) => path)).toContain('/metrics');
  });

  test('probes of containers ask for routes that exist', () => {
    const asked = [textOf('docker/Dockerfile'), textOf('kubernetes/rollcall.yaml')]
      .join()
      .matchAll(/\/(health|ready)z\b/g);
    const paths = ROUTES.map(({ path }) => path);
    for (const [path] of asked) expect(paths).toContain(path);
  });
});
