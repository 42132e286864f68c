import { describe, expect, test } from 'vitest';
import { ExitCode } from '../../cli/exit-code.ts';
import { readConfig } from '../../core/config/read.ts';
import { deployed, textOf } from './files.ts';
import { parseYaml, type Yaml } from './yaml.ts';

/** Asked behind all else wherever there is a data directory. */
const PEERS_FILE = { type: 'file', paths: ['/var/lib/rollcall/discovery-peers.json'], optional: true };

type Tree = { [key: string]: Yaml };

function at(tree: Yaml | undefined, ...path: (string | number)[]): Yaml {
  return path.reduce<Yaml>((node, step) => (node as Record<string | number, Yaml>)[step]!, tree!);
}

/** What the variables make of a node. */
function configured(environment: Record<string, string>) {
  return readConfig({ environment }).config;
}

const IMAGE = Object.fromEntries(
  [...textOf('docker/Dockerfile').matchAll(/(ROLLCALL_\w+)=(\S+)/g)].map(([, name, value]) => [name!, value!]),
);

describe('configuration files', () => {
  test.each(deployed('.toml'))('%s is complete and right', (path) => {
    const { config } = readConfig({ file: { path, text: textOf(path) }, environment: {} });
    expect(config.cluster.enabled).toBe(true);
    expect(config.cluster.dataDir).toBe('/var/lib/rollcall');
  });

  test('what stands there commented out is right too', () => {
    const text = textOf('systemd/rollcall.toml').replaceAll(/^# (?=\w+ = )/gm, '');
    const { config } = readConfig({ file: { path: 'rollcall.toml', text }, environment: {} });
    expect(config.cluster).toMatchObject({ nodeId: 'db-1', network: { advertiseAddr: '10.0.0.7' } });
  });
});

describe('the image', () => {
  test('runs a node that can be reached, remembers, and lets nobody change anything', () => {
    const { cluster, admin } = configured(IMAGE);
    expect(cluster).toMatchObject({
      enabled: true,
      dataDir: '/var/lib/rollcall',
      network: { swimBind: '0.0.0.0:7946' },
    });
    expect(admin).toMatchObject({ bind: '0.0.0.0:50051', allowChanges: undefined, token: '' });
    expect(textOf('docker/Dockerfile')).toContain('VOLUME /var/lib/rollcall');
  });

  test('is built from all that the build needs, and from nothing else', () => {
    const [build = ''] = textOf('docker/Dockerfile').split(/^FROM node:20-slim$/m);
    const copied = [...build.matchAll(/^COPY (.*) \S+$/gm)].flatMap(([, names]) => names!.split(' '));
    const let_in = textOf('docker/Dockerfile.dockerignore').match(/(?<=^!).+$/gm)!;
    expect(let_in.toSorted()).toEqual(copied.toSorted());
  });

  test('is not run by root', () => {
    expect(textOf('docker/Dockerfile')).toMatch(/^USER 1000:1000$/m);
  });
});

test('Compose runs three nodes that find each other by the name of their service', () => {
  const [compose] = parseYaml(textOf('docker/compose.yaml'));
  const service = at(compose, 'services', 'rollcall') as Tree;
  const { cluster } = configured({ ...IMAGE, ...(service['environment'] as Record<string, string>) });
  expect(cluster.discovery.sources).toMatchObject([{ type: 'dns', service: 'rollcall', port: 7946 }, PEERS_FILE]);
  expect(at(service, 'deploy', 'replicas')).toBe(3);
  // Memory on a tmpfs would end with the container's first restart; the image's volume is the one place to write.
  expect(service).not.toHaveProperty('tmpfs');
  expect(at(service, 'read_only')).toBe(true);
});

describe('Kubernetes', () => {
  const documents = parseYaml(textOf('kubernetes/rollcall.yaml')) as Tree[];
  const kind = (name: string): Tree => documents.find((document) => document['kind'] === name)!;
  const pod = at(kind('StatefulSet'), 'spec', 'template', 'spec') as Tree;
  const container = at(pod, 'containers', 0) as Tree;

  /** As the kubelet would: fields are filled in, and `$(NAME)` is what came before. */
  function environment(): Record<string, string> {
    const fields: Record<string, string> = {
      'metadata.namespace': 'prod',
      'metadata.name': 'rollcall-0',
      'status.podIP': '10.1.2.3',
    };
    const result: Record<string, string> = { ...IMAGE };
    for (const entry of container['env'] as Tree[]) {
      const { name, value, valueFrom } = entry as { name: string; value?: string; valueFrom?: Yaml };
      const text = value ?? fields[at(valueFrom, 'fieldRef', 'fieldPath') as string]!;
      result[name] = text.replaceAll(/\$\((\w+)\)/g, (_, other: string) => result[other]!);
    }
    return result;
  }

  test('gives each node its name and address, and the others through the service', () => {
    expect(configured(environment()).cluster).toMatchObject({
      nodeId: 'rollcall-0',
      label: 'prod/rollcall',
      network: { swimBind: '0.0.0.0:7946', advertiseAddr: '10.1.2.3' },
      discovery: { sources: [{ type: 'dns', service: '_gossip._tcp.rollcall.prod.svc.cluster.local' }, PEERS_FILE] },
    });
  });

  test('the name that is asked for is that of a port of the headless service', () => {
    const service = kind('Service');
    expect(at(service, 'spec')).toMatchObject({ clusterIP: 'None', publishNotReadyAddresses: true });
    expect(at(service, 'spec', 'ports', 0)).toEqual({ name: 'gossip', port: 7946, protocol: 'TCP' });
    expect(at(service, 'metadata', 'name')).toBe(at(kind('StatefulSet'), 'spec', 'serviceName'));
  });

  test('service, pods and disruption budget mean the same pods', () => {
    const labels = at(kind('StatefulSet'), 'spec', 'template', 'metadata', 'labels');
    expect(at(kind('Service'), 'spec', 'selector')).toEqual(labels);
    expect(at(kind('StatefulSet'), 'spec', 'selector', 'matchLabels')).toEqual(labels);
    expect(at(kind('PodDisruptionBudget'), 'spec', 'selector', 'matchLabels')).toEqual(labels);
  });

  test('a commented-out key would be taken', () => {
    const keys = Buffer.alloc(32, 1).toString('base64');
    expect(textOf('kubernetes/rollcall.yaml')).toContain('# - name: ROLLCALL_CLUSTER_ENCRYPTION_KEYS');
    expect(configured({ ...environment(), ROLLCALL_CLUSTER_ENCRYPTION_KEYS: keys }).cluster.encryption.keys).toEqual([
      keys,
    ]);
  });
});

test('the unit of systemd runs what exists', () => {
  const unit = textOf('systemd/rollcall.service');
  const commands = [...unit.matchAll(/^ExecStart(?:Pre)?=\/usr\/bin\/rollcall (.*)$/gm)].map(([, words]) => words);
  expect(commands).toEqual([
    'config check --config /etc/rollcall/rollcall.toml',
    'node --config /etc/rollcall/rollcall.toml',
  ]);
  // The data directory that systemd makes is the one of the configuration.
  expect(unit).toMatch(/^StateDirectory=rollcall$/m);
  // What is wrong with a configuration does not go away by itself.
  expect(unit).toContain(`\nRestartPreventExitStatus=${ExitCode.usage}\n`);
});

test('the unit hands secrets to the node that are root\u2019s alone', () => {
  const unit = textOf('systemd/rollcall.service').replaceAll(/^#(?=[A-Z]\w+=)/gm, '');
  const credentials = [...unit.matchAll(/^LoadCredential=(\S+?):/gm)].map(([, name]) => name!);
  const environment = Object.fromEntries(
    [...unit.matchAll(/^Environment=(ROLLCALL_\w+)=%d\/(.*)$/gm)].map(([, name, file]) => [name!, file!]),
  );
  expect(Object.values(environment).toSorted()).toEqual(credentials.toSorted());
  // They take the place of what the configuration names.
  const file = { path: 'encrypted.toml', text: textOf('config/encrypted.toml') };
  expect(readConfig({ file, environment }).config.admin).toMatchObject({
    tokenFile: 'admin-token',
    keyFile: 'admin.key',
    certFile: 'admin.pem',
  });
});
