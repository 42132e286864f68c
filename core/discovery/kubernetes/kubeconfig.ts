import { fromBase64 } from '../../base64.ts';
import { messageOf } from '../../errors.ts';
import { FileFailed } from '../../ports/files.ts';
import type { HttpTrust } from '../../ports/http.ts';
import { textFromBytes } from '../../wire/text.ts';
import { listAt, textAt, valueAt } from '../cloud/loose.ts';
import type { SourcePorts } from '../source-type.ts';
import { SourceFailed } from '../source.ts';
import { METHOD, type Access } from './access.ts';

type Ports = Pick<SourcePorts, 'files' | 'parseYaml'>;

/** What `kubectl` would do for these, a node does not: doing without it would be another identity, or less safe. */
const REFUSED: Readonly<Record<'user' | 'cluster', Readonly<Record<string, string>>>> = {
  user: {
    exec: 'it gets its credentials by running a program',
    'auth-provider': 'it gets its credentials from a plugin',
    username: 'it has a password',
    as: 'it acts as somebody else',
  },
  cluster: {
    'insecure-skip-tls-verify': 'its certificate is not to be checked',
    'tls-server-name': 'its certificate bears another name',
    'proxy-url': 'it is reached through a proxy',
  },
};
const INSTEAD = {
  user: 'Give it a tokenFile, a token (kubectl create token) or a client certificate, or run in the cluster',
  cluster: 'Give it a certificate-authority for the name that server has, or use api_server with kubectl proxy',
} as const;

/** What the current context of the file says. */
export async function accessFromKubeconfig(path: string, ports: Ports): Promise<Access> {
  const file = new Kubeconfig(path, ports);
  const config = await file.parsed();
  const name = textAt(config, 'current-context');
  if (name === '') throw file.failed('it has no current-context. Choose one: kubectl config use-context NAME.');
  const context = named(config, 'contexts', name);
  if (context === undefined)
    throw file.failed(`its current-context ${JSON.stringify(name)} is not among its contexts.`);
  const inner = valueAt(context, 'context');
  const cluster = file.part(config, 'cluster', textAt(inner, 'cluster'));
  const user = textAt(inner, 'user') === '' ? {} : file.part(config, 'user', textAt(inner, 'user'));
  const server = textAt(cluster, 'server');
  if (!/^https?:\/\//.test(server)) throw file.failed(`server is ${JSON.stringify(server)}, but must be a URL.`);
  const trust = {
    ca: await file.pem(cluster, 'certificate-authority'),
    cert: await file.pem(user, 'client-certificate'),
    key: await file.pem(user, 'client-key'),
  };
  const tokenFile = textAt(user, 'tokenFile');
  return {
    server: server.replace(/\/+$/, ''),
    namespace: textAt(inner, 'namespace'),
    trust: Object.fromEntries(Object.entries(trust).filter(([, pem]) => pem !== undefined)) as HttpTrust,
    token: tokenFile === '' ? textAt(user, 'token') : (await file.read(tokenFile)).trim(),
    origin: `the context ${name} of ${path}`,
  };
}

function named(config: unknown, list: string, name: string): unknown {
  return listAt(config, list).find((one) => textAt(one, 'name') === name);
}

class Kubeconfig {
  readonly #path: string;
  readonly #ports: Ports;

  constructor(path: string, ports: Ports) {
    this.#path = path;
    this.#ports = ports;
  }

  async parsed(): Promise<unknown> {
    const text = await this.read(this.#path);
    try {
      return await this.#ports.parseYaml(text);
    } catch (cause) {
      throw this.failed(`it cannot be read as YAML: ${messageOf(cause).split('\n')[0]}`, cause);
    }
  }

  /** The cluster or the user of that name, if it asks for nothing that we do not do. */
  part(config: unknown, kind: 'cluster' | 'user', name: string): unknown {
    const found = valueAt(named(config, `${kind}s`, name), kind);
    if (found === undefined || found === null) {
      throw this.failed(`it has no ${kind} called ${JSON.stringify(name)}, which its current-context names.`);
    }
    for (const [key, why] of Object.entries(REFUSED[kind])) {
      const value = valueAt(found, key);
      if (value === undefined || value === null || value === false) continue;
      throw this.failed(`the ${kind} ${name} has ${key} (${why}), which is not supported. ${INSTEAD[kind]}.`);
    }
    return found;
  }

  /** Inline data counts before the file, as with kubectl. */
  async pem(part: unknown, key: string): Promise<string | undefined> {
    const data = textAt(part, `${key}-data`).replaceAll(/\s/g, '');
    if (data !== '') {
      try {
        return textFromBytes(fromBase64(data));
      } catch (cause) {
        throw this.failed(`${key}-data is no base64.`, cause);
      }
    }
    const path = textAt(part, key);
    return path === '' ? undefined : this.read(path);
  }

  /** Paths are relative to the folder of the file. */
  async read(path: string): Promise<string> {
    const folder = this.#path.slice(0, this.#path.lastIndexOf('/') + 1);
    const whole = path.startsWith('/') || path === this.#path ? path : `${folder}${path}`;
    try {
      return textFromBytes(await this.#ports.files.read(whole));
    } catch (error) {
      if (error instanceof FileFailed) throw this.failed(error.message, error);
      throw error;
    }
  }

  failed(problem: string, cause?: unknown): SourceFailed {
    return new SourceFailed(METHOD, `kubeconfig ${this.#path}: ${problem}`, { cause });
  }
}
