import { describe, expect, onTestFinished, test } from 'vitest';
import type { HttpTrust } from '../../core/ports/http.ts';
import type { SourcePorts } from '../../core/discovery/source-type.ts';
import { seededRandom } from '../../core/random.ts';
import { bytesFromText } from '../../core/wire/text.ts';
import { SERVICE_ACCOUNT } from '../../simulator/services/kubernetes/state.ts';
import { Disk } from '../../simulator/sim-files.ts';
import { systemClock } from '../../transports/clock.ts';
import { nodeCrypto } from '../../transports/crypto.ts';
import { nodeHttpClient } from '../../transports/http/client.ts';
import { serveHttp } from '../../transports/http/server.ts';
import { fakeUnderTest, sourceOn } from '../contract/kubernetes-under-test.ts';
import { authority } from '../transports/sockets/support.ts';
import { patient } from './asking.ts';

const [ours, strangers] = [authority(), authority()];

function http(trust?: HttpTrust): ReturnType<SourcePorts['http']> {
  const client = nodeHttpClient(trust);
  onTestFinished(() => client.close());
  return client;
}

/** An API server behind TLS, on an address that its certificate names. */
async function secure(): Promise<{ readonly port: string; readonly certified: boolean[] }> {
  const { create, controls, state } = fakeUnderTest();
  const handler = create({ name: 'api', clock: systemClock(), random: seededRandom('api'), crypto: nodeCrypto() });
  state.rotateToken('secret');
  controls.command('create', { name: 'a', labels: { app: 'engram' }, ips: ['10.0.0.1'] });
  const certified: boolean[] = [];
  const server = await serveHttp(
    (request) => {
      certified.push(request.peer.certified);
      return handler(request);
    },
    { bind: '127.0.0.1:0', tls: ours.issue('IP:127.0.0.1') },
  );
  onTestFinished(() => server.close(0));
  return { port: server.address.split(':')[1]!, certified };
}

function disk(files: Readonly<Record<string, string>>): Disk {
  const disk = new Disk();
  for (const [path, text] of Object.entries(files)) disk.write(path, bytesFromText(text));
  return disk;
}

describe('an API server behind TLS', () => {
  const inPod = (port: string, ca: string): Promise<unknown> => {
    const environment = { KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: port };
    const mounted = disk({ [`${SERVICE_ACCOUNT}/token`]: 'secret', [`${SERVICE_ACCOUNT}/ca.crt`]: ca });
    return sourceOn({ clock: systemClock(), http, environment }, mounted, {}).discover(patient);
  };

  test('is believed by the authority that pods are given', async () => {
    const { port } = await secure();
    expect(await inPod(port, ours.ca)).toMatchObject({ candidates: [{ address: '10.0.0.1:7946' }] });
  });

  test('is not believed by another authority, and the token is not shown to it', async () => {
    const { port, certified } = await secure();
    const error = await inPod(port, strangers.ca).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'SOURCE_FAILED', message: expect.stringContaining('no secure connection') });
    expect(certified).toEqual([]);
  });

  test('is shown the client certificate of a kubeconfig', async () => {
    const { port, certified } = await secure();
    const { cert, key, ca } = ours.issue('DNS:operator');
    const base64 = (text: string): string => Buffer.from(text).toString('base64');
    const cluster = { server: `https://127.0.0.1:${port}`, 'certificate-authority-data': base64(ca) };
    const user = { 'client-certificate-data': base64(cert), 'client-key-data': base64(key), token: 'secret' };
    const kubeconfig = {
      'current-context': 'x',
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
      clusters: [{ name: 'c', cluster }],
      users: [{ name: 'u', user }],
    };
    const source = sourceOn({ clock: systemClock(), http }, disk({ '/k': JSON.stringify(kubeconfig) }), {
      kubeconfig: '/k',
    });
    expect((await source.discover(patient)).candidates).toEqual([{ address: '10.0.0.1:7946' }]);
    expect(certified).toEqual([true]);
  });
});
