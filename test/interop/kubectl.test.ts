import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { seededRandom } from '../../core/random.ts';
import { systemClock } from '../../transports/clock.ts';
import { nodeCrypto } from '../../transports/crypto.ts';
import { serveHttp, type HttpServer } from '../../transports/http/server.ts';
import { Disk } from '../../simulator/sim-files.ts';
import { nodeFiles } from '../../transports/files.ts';
import { httpClients } from '../../transports/http/clients.ts';
import { parseYaml } from '../../transports/yaml.ts';
import { fakeUnderTest, sourceOn } from '../contract/kubernetes-under-test.ts';
import { patient } from '../discovery/asking.ts';
import { until } from './until.ts';

const BOUND_MS = 15_000;
const hasKubectl = spawnSync('kubectl', ['version', '--client']).status === 0;
const title = 'kubectl, which knows nothing of us, and our Kubernetes';
const reason = 'skipped, because the program kubectl is not installed';
if (!hasKubectl) console.warn(`${title}: ${reason}`);

describe.skipIf(!hasKubectl)(hasKubectl ? title : `${title} (${reason})`, () => {
  const home = mkdtempSync(join(tmpdir(), 'rollcall-kubectl-'));
  let server: HttpServer;
  let fake: ReturnType<typeof fakeUnderTest>;

  beforeAll(() => writeFileSync(join(home, 'pod.json'), JSON.stringify(POD)));
  beforeEach(async () => {
    fake = fakeUnderTest();
    const handler = fake.create({
      name: 'api',
      clock: systemClock(),
      random: seededRandom('api'),
      crypto: nodeCrypto(),
    });
    server = await serveHttp(handler, { bind: '127.0.0.1:0' });
    onTestFinished(() => server.close(0));
    const { command } = fake.controls;
    command('create', { name: 'a', labels: { app: 'x' } });
    command('create', { name: 'b', labels: { app: 'x' } });
    command('create', { name: 'c', labels: { app: 'y' } });
  });
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  const begin = (...words: string[]): { readonly process: ChildProcess; readonly said: () => string } => {
    const child = spawn('kubectl', [`--server=http://${server.address}`, ...words], {
      env: { PATH: process.env['PATH'], HOME: home },
      cwd: home,
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    let text = '';
    child.stdout.on('data', (data: Buffer) => (text += data.toString()));
    child.stderr.on('data', (data: Buffer) => (text += data.toString()));
    return { process: child, said: () => text };
  };
  const kubectl = async (...words: string[]): Promise<string> => {
    const { process: child, said } = begin(...words);
    const [code] = (await once(child, 'close', { signal: AbortSignal.timeout(BOUND_MS) })) as [number | null];
    expect(said() + String(code)).toBe(`${said()}0`);
    return said();
  };

  test('lists pods by labels and fields, page by page, and slices', async () => {
    const { command, asked } = fake.controls;
    expect(await kubectl('get', 'pods', '-l', 'app in (x)', '-o', 'name', '--chunk-size=1')).toBe('pod/a\npod/b\n');
    expect(asked.filter((url) => url.includes('continue='))).toHaveLength(1);
    const byField = ['get', 'pods', '--field-selector', 'metadata.name!=a,status.phase=Running', '-o', 'name'];
    expect(await kubectl(...byField)).toBe('pod/b\npod/c\n');
    command('service', { name: 'svc', selector: { app: 'x' }, ports: { gossip: 7_946 } });
    const addresses = await kubectl('get', 'endpointslices', '-o', 'jsonpath={.items[*].endpoints[*].addresses[0]}');
    expect(addresses).toBe('10.244.0.1 10.244.0.2');
  });

  test('creates, labels, patches and deletes a pod', async () => {
    expect(await kubectl('create', '-f', 'pod.json', '--validate=false')).toBe('pod/made created\n');
    await kubectl('label', 'pod', 'made', 'role=db');
    await kubectl('patch', 'pod', 'made', '-p', '{"metadata":{"annotations":{"zone":"1"}}}');
    const what = '{.metadata.labels.role} {.metadata.annotations.zone} {.spec.containers[0].ports[0].containerPort}';
    expect(await kubectl('get', 'pod', 'made', '-o', `jsonpath=${what}`)).toBe('db 1 7000');
    expect(await kubectl('delete', 'pod', 'made', '--wait=true')).toContain('deleted');
    expect(await kubectl('get', 'pods', '-o', 'name')).not.toContain('made');
  });

  test('writes a kubeconfig that the source understands', async () => {
    const { command } = fake.controls;
    const file = `--kubeconfig=${join(home, 'made')}`;
    fake.state.rotateToken('secret');
    command('create', { name: 'd', namespace: 'blue', labels: { app: 'x' } });
    await kubectl('config', file, 'set-cluster', 'c', `--server=http://${server.address}`);
    await kubectl('config', file, 'set-credentials', 'u', '--token=secret');
    await kubectl('config', file, 'set-context', 'x', '--cluster=c', '--user=u', '--namespace=blue');
    await kubectl('config', file, 'use-context', 'x');
    const ports = {
      clock: systemClock(),
      http: httpClients(),
      environment: { KUBECONFIG: join(home, 'made') },
      files: nodeFiles(),
      parseYaml,
    };
    const found = await sourceOn(ports, new Disk(), { labelSelector: 'app=x' }).discover(patient);
    expect(found.candidates).toEqual([{ address: '10.244.0.4:7946' }]);
  });

  test('watches a pod come to life, and hears that the history is gone', async () => {
    const { command, trouble, asked } = fake.controls;
    const line = '{.metadata.name} {.status.phase} {.status.podIP}{"\\n"}';
    const watch = begin('get', 'pods', '-l', 'app=x', '-w', '-o', `jsonpath=${line}`);
    await until('the watch', () => asked.some((url) => url.includes('watch=')), BOUND_MS, watch.said);
    command('start', { name: 'd', labels: { app: 'x' }, stepMs: 20 });
    const seen = ['a Running 10.244.0.1', 'b Running 10.244.0.2', 'd Pending ', 'd Running ', 'd Running 10.244.0.4'];
    await until('the pod', () => watch.said().includes(seen.at(-1)!), BOUND_MS, watch.said);
    expect(watch.said().split('\n').slice(0, 5)).toEqual(seen);
    const closed = once(watch.process, 'close', { signal: AbortSignal.timeout(BOUND_MS) });
    trouble('kubernetes-gone');
    await closed;
  });
});

const POD = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'made', labels: { app: 'x' } },
  spec: { containers: [{ name: 'main', image: 'example', ports: [{ name: 'gossip', containerPort: 7_000 }] }] },
};
