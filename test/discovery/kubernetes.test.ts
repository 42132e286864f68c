import { describe, expect, test } from 'vitest';
import type { KubernetesOptions } from '../../core/discovery/kubernetes/kubernetes-source.ts';
import { kubernetesType, type KubernetesConfig } from '../../core/discovery/kubernetes/kubernetes-type.ts';
import { sourceOfText } from '../../core/discovery/peer-text.ts';
import { SourceFailed, type Found } from '../../core/discovery/source.ts';
import { toBase64 } from '../../core/base64.ts';
import type { HttpCall, HttpTrust } from '../../core/ports/http.ts';
import { bytesFromText } from '../../core/wire/text.ts';
import { SERVICE_ACCOUNT } from '../../simulator/services/kubernetes/state.ts';
import { Disk } from '../../simulator/sim-files.ts';
import { systemClock } from '../../transports/clock.ts';
import { sourceOn } from '../contract/kubernetes-under-test.ts';
import { patient } from './asking.ts';

const POD = { metadata: { name: 'a', uid: 'u' }, status: { phase: 'Running', podIP: '10.0.0.1' } };
const LIST = { metadata: { resourceVersion: '7' }, items: [POD] };

interface Served {
  readonly calls: (HttpCall & { readonly trust: HttpTrust | undefined })[];
  readonly discover: (options?: Partial<KubernetesOptions>) => Promise<Found>;
  readonly watch: (options?: Partial<KubernetesOptions>) => Promise<Found[]>;
}

/** A source whose calls are answered from a list; the last answer stays. */
function served(
  files: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string>>,
  ...answers: readonly (string | object)[]
): Served {
  const calls: Served['calls'][number][] = [];
  const disk = new Disk();
  for (const [path, text] of Object.entries(files)) disk.write(path, bytesFromText(text));
  const http = (trust?: HttpTrust) => ({
    call: async (call: HttpCall) => {
      const answer = answers[Math.min(calls.length, answers.length - 1)] ?? LIST;
      calls.push({ ...call, trust });
      const text = typeof answer === 'string' ? answer : JSON.stringify(answer);
      return { status: 200, headers: {}, body: [bytesFromText(text)] as unknown as AsyncIterable<Uint8Array> };
    },
  });
  const source = (options: Partial<KubernetesOptions> = {}) =>
    sourceOn({ clock: systemClock(), http, environment }, disk, options);
  return {
    calls,
    discover: (options) => source(options).discover(patient),
    async watch(options) {
      const told: Found[] = [];
      await source(options).watch({ found: (found) => told.push(found) }, new AbortController().signal);
      return told;
    },
  };
}

async function refusalOf(work: Promise<unknown>): Promise<SourceFailed> {
  const error = await work.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(SourceFailed);
  return error as SourceFailed;
}

const IN_POD = { KUBERNETES_SERVICE_HOST: '10.96.0.1', KUBERNETES_SERVICE_PORT: '443', HOME: '/root' };
const MOUNTED = {
  [`${SERVICE_ACCOUNT}/token`]: 'secret\n',
  [`${SERVICE_ACCOUNT}/ca.crt`]: 'PEM',
  [`${SERVICE_ACCOUNT}/namespace`]: 'blue',
};
const USER = { token: 'secret' };
const CLUSTER = { server: 'https://k8s.test:6443/' };

function kubeconfig(user: object = USER, cluster: object = CLUSTER): string {
  return JSON.stringify({
    'current-context': 'x',
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u', namespace: 'green' } }],
    clusters: [{ name: 'c', cluster }],
    users: [{ name: 'u', user }],
  });
}

describe('credentials for Kubernetes', () => {
  test('inside a pod are those that the kubelet mounts', async () => {
    const { calls, discover } = served(MOUNTED, IN_POD);
    expect((await discover()).candidates).toEqual([{ address: '10.0.0.1:7946' }]);
    expect(calls[0]).toMatchObject({
      url: expect.stringMatching('^https://10.96.0.1:443/api/v1/namespaces/blue/pods[?]labelSelector=app%3Dengram&'),
      headers: { authorization: 'Bearer secret' },
      trust: { ca: 'PEM' },
    });
    const six = served(MOUNTED, { ...IN_POD, KUBERNETES_SERVICE_HOST: 'fd00::1' });
    await six.discover();
    expect(six.calls[0]!.url).toMatch(/^https:\/\/\[fd00::1\]:443\//);
  });

  test('that are not mounted are missed in words', async () => {
    const { message } = await refusalOf(served({}, IN_POD).discover());
    expect(message).toContain(`${SERVICE_ACCOUNT}/token: no such file. Is automountServiceAccountToken false?`);
  });

  test.each([
    ['the key kubeconfig, also in a pod', '/k', { ...IN_POD, KUBECONFIG: '/other' }, { kubeconfig: '/k' }],
    ['KUBECONFIG, the first of several', '/k', { KUBECONFIG: '/k:/other', HOME: '/root' }, {}],
    ['~/.kube/config', '/root/.kube/config', { HOME: '/root' }, {}],
  ])('outside of a pod are those of %s', async (_, path, environment, options) => {
    const { calls, discover } = served({ [path]: kubeconfig() }, environment);
    await discover(options);
    expect(calls[0]).toMatchObject({
      url: expect.stringMatching('^https://k8s.test:6443/api/v1/namespaces/green/pods[?]'),
      headers: { authorization: 'Bearer secret' },
      trust: {},
    });
  });

  test('may be certificates, inline or in files beside the kubeconfig', async () => {
    const cluster = { ...CLUSTER, 'certificate-authority-data': toBase64(bytesFromText('CA')) };
    const user = { 'client-certificate': 'me.crt', 'client-key': '/keys/me.key' };
    const files = { '/home/k': kubeconfig(user, cluster), '/home/me.crt': 'CERT', '/keys/me.key': 'KEY' };
    const { calls, discover } = served(files, { KUBECONFIG: '/home/k' });
    await discover();
    expect(calls[0]!.trust).toEqual({ ca: 'CA', cert: 'CERT', key: 'KEY' });
    expect(calls[0]!.headers).not.toHaveProperty('authorization');
  });

  test.each([
    ['a program to run', { exec: { command: 'aws' } }, CLUSTER, /user u has exec .*not supported.*tokenFile/],
    ['a plugin', { 'auth-provider': { name: 'gcp' } }, CLUSTER, /has auth-provider/],
    ['a password', { username: 'me', password: 'geheim' }, CLUSTER, /has username/],
    ['another identity', { ...USER, as: 'root' }, CLUSTER, /has as/],
    ['no check of certificates', USER, { ...CLUSTER, 'insecure-skip-tls-verify': true }, /cluster c has insecure/],
    ['another name', USER, { ...CLUSTER, 'tls-server-name': 'x' }, /has tls-server-name/],
    ['a proxy', USER, { ...CLUSTER, 'proxy-url': 'http://p' }, /proxy-url.*api_server/],
    ['data that are no base64', { 'client-key-data': '%' }, CLUSTER, /client-key-data is no base64/],
    ['a file that is not there', { tokenFile: '/gone' }, CLUSTER, /\/gone: no such file/],
    ['no server', USER, {}, /server is ""/],
  ])('in a kubeconfig with %s are refused in words', async (_, user, cluster, says) => {
    const { calls, discover } = served({ '/k': kubeconfig(user, cluster) }, { KUBECONFIG: '/k' });
    const { message } = await refusalOf(discover());
    expect(message).toMatch(says);
    expect(message).toContain('kubeconfig /k');
    expect(message).not.toContain('geheim');
    expect(calls).toEqual([]);
  });

  test.each([
    ['{', /cannot be read as YAML/],
    ['{}', /no current-context/],
    ['{"current-context":"y","contexts":[{"name":"x"}]}', /"y" is not among its contexts/],
    ['{"current-context":"x","contexts":[{"name":"x","context":{"cluster":"c"}}]}', /no cluster called "c"/],
  ])('in a kubeconfig such as %s are missed in words', async (text, says) => {
    expect((await refusalOf(served({ '/k': text }, { KUBECONFIG: '/k' }).discover())).message).toMatch(says);
  });

  test('that are nowhere are missed in words', async () => {
    expect((await refusalOf(served({}, {}).discover())).message).toContain('KUBERNETES_SERVICE_HOST is not set');
  });
});

describe('an answer of Kubernetes', () => {
  const api = { apiServer: 'http://api/' };

  test.each([
    ['no JSON', '<html>', /no JSON/],
    ['no list', {}, /is no list/],
    ['a list without a version', { items: [] }, /is no list/],
    ['a list that never ends', { ...LIST, metadata: { resourceVersion: '7', continue: 'x' } }, /does not end/],
  ])('that is %s is a failure, not an empty list', async (_, answer, says) => {
    expect((await refusalOf(served({}, {}, answer).discover(api))).message).toMatch(says);
  });

  test.each([[null], [[]]])('may list nobody, as %j', async (items) => {
    const found = await served({}, {}, { ...LIST, items }).discover(api);
    expect(found).toMatchObject({ candidates: [], complete: true, nobody: expect.stringContaining('no running pods') });
  });

  test('with objects of other shapes still gives those that can be read', async () => {
    const odd = [
      null,
      7,
      'x',
      [],
      {},
      { metadata: 1, status: [] },
      { ...POD, status: { phase: 'Running', podIP: 'x' } },
    ];
    const pods = await served({}, {}, { ...LIST, items: [...odd, POD] }).discover(api);
    expect(pods.candidates).toEqual([{ address: '10.0.0.1:7946' }]);
    const endpoints = [null, {}, { addresses: ['x'] }, { addresses: ['10.0.0.2'], conditions: null }];
    const slice = { metadata: { name: 's' }, addressType: 'IPv4', endpoints, ports: null };
    const slices = served({}, {}, { ...LIST, items: [...odd, { ...slice, endpoints: null }, slice] });
    expect((await slices.discover({ ...api, labelSelector: '', service: 's' })).candidates).toEqual([
      { address: '10.0.0.2:7946' },
    ]);
  });

  test('in the middle of a watch may be a refusal, which says when to ask again', async () => {
    const status = { code: 429, message: 'too many requests', details: { retryAfterSeconds: 3 } };
    const watch = served({}, {}, LIST, { type: 'ERROR', object: status }).watch(api);
    expect(await refusalOf(watch)).toMatchObject({ message: /status 429: too many/, retryAfterMs: 3_000 });
  });

  test('in a watch may be of a type that nobody knows: that changes nothing', async () => {
    const told = await served({}, {}, LIST, { type: 'SURPRISE', object: { ...POD, status: {} } }).watch(api);
    expect(told.map(({ candidates }) => candidates.length)).toEqual([1]);
  });
});

describe('in the words of operators, Kubernetes', () => {
  const read = (text: string): Partial<KubernetesConfig> | string => {
    let refused = '';
    const source = sourceOfText(text, ({ says, allowed }) => void (refused = says ?? allowed));
    return refused || (source as KubernetesConfig);
  };

  test('is a URL', () => {
    expect(read('k8s://blue?label_selector=app%3Dengram&port=7000&ready_only=true')).toMatchObject({
      type: 'kubernetes',
      namespace: 'blue',
      labelSelector: 'app=engram',
      port: 7000,
      readyOnly: true,
    });
    expect(read('kubernetes://blue/engram')).toMatchObject({ namespace: 'blue', service: 'engram', labelSelector: '' });
    expect(read('k8s:///engram')).toMatchObject({ namespace: '', service: 'engram' });
    expect(read('k8s://blue?label=x')).toContain('label');
    expect(read('k8s://a,b/engram')).toContain('k8s://namespace/service');
  });

  test('is a text of go-discover, whose ports are annotated', () => {
    expect(read('provider=k8s namespace=blue label_selector="app = engram" host_network=true')).toMatchObject({
      type: 'kubernetes',
      namespace: 'blue',
      labelSelector: 'app = engram',
      hostNetwork: true,
      portAnnotation: 'consul.hashicorp.com/auto-join-port',
    });
  });

  test.each([
    ['k8s://blue', /one of label_selector and service/],
    ['k8s://blue/engram?label_selector=a', /one of label_selector and service/],
    ['k8s://blue/engram?host_network=true', /about pods/],
    ['k8s://Blue/engram', /namespace is "Blue"/],
    ['k8s://blue/a%2Fb', /service is "a\/b"/],
    ['k8s://blue/engram?api_server=x', /http\(s\) URL/],
    ['k8s://blue/engram?api_server=http%3A%2F%2Fx&kubeconfig=k', /take one/],
  ])('cannot be %s', (text, says) => {
    expect(read(text)).toMatch(says);
  });

  test('says whom it asks for', () => {
    const { inWords } = kubernetesType;
    expect(inWords(read('k8s://blue/engram') as KubernetesConfig)).toBe(
      'asking Kubernetes for the endpoints of the service engram in the namespace blue',
    );
  });
});
