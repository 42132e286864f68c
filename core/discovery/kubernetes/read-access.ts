import { FileFailed } from '../../ports/files.ts';
import { textFromBytes } from '../../wire/text.ts';
import { withPort } from '../host-port.ts';
import type { SourcePorts } from '../source-type.ts';
import { SourceFailed } from '../source.ts';
import { METHOD, type Access } from './access.ts';
import { accessFromKubeconfig } from './kubeconfig.ts';

export interface AccessOptions {
  /** Asked without credentials, as `kubectl proxy` serves it; '' for none. */
  readonly apiServer: string;
  /** A path; '' for where custom has it. */
  readonly kubeconfig: string;
}

type AccessPorts = Pick<SourcePorts, 'files' | 'environment' | 'parseYaml'>;

/** What the kubelet mounts into every pod. */
const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Looks where custom has it: inside a pod, then in the file that `kubectl` uses. Reads everything anew: tokens rotate. */
export async function readAccess({ apiServer, kubeconfig }: AccessOptions, ports: AccessPorts): Promise<Access> {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port, KUBECONFIG, HOME } = ports.environment;
  if (apiServer !== '') {
    return { server: apiServer.replace(/\/+$/, ''), namespace: '', trust: {}, token: '', origin: 'api_server' };
  }
  if (kubeconfig === '' && host && port) return inCluster(`https://${withPort(host, Number(port))}`, ports);
  // Several files would be merged by kubectl; the first one holds the current context.
  const path = kubeconfig || KUBECONFIG?.split(':')[0] || (HOME && `${HOME}/.kube/config`);
  if (path) return accessFromKubeconfig(path, ports);
  throw new SourceFailed(
    METHOD,
    'this is no pod (KUBERNETES_SERVICE_HOST is not set), and there is no kubeconfig: set the key kubeconfig, KUBECONFIG or HOME.',
  );
}

async function inCluster(server: string, { files }: AccessPorts): Promise<Access> {
  const read = async (name: string): Promise<string> => textFromBytes(await files.read(`${SERVICE_ACCOUNT}/${name}`));
  const orNothing = (name: string): Promise<string> =>
    read(name).catch((error: unknown) => {
      if (error instanceof FileFailed && error.problem === 'missing') return '';
      throw unreadable(error);
    });
  const token = await read('token').catch((error: unknown) => Promise.reject(unreadable(error)));
  const [ca, namespace] = [await orNothing('ca.crt'), await orNothing('namespace')];
  return {
    server,
    namespace: namespace.trim(),
    trust: ca === '' ? {} : { ca },
    token: token.trim(),
    origin: `the service account of this pod (${SERVICE_ACCOUNT})`,
  };
}

function unreadable(error: unknown): unknown {
  if (!(error instanceof FileFailed)) return error;
  const words = `the credentials of this pod cannot be read: ${error.message} Is automountServiceAccountToken false?`;
  return new SourceFailed(METHOD, words, { cause: error });
}
