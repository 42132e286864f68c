import { onTestFinished } from 'vitest';
import { KubernetesSource, type KubernetesOptions } from '../../core/discovery/kubernetes/kubernetes-source.ts';
import type { Found } from '../../core/discovery/source.ts';
import type { SourcePorts } from '../../core/discovery/source-type.ts';
import { FileFailed, type Files } from '../../core/ports/files.ts';
import type { HttpHandler } from '../../core/ports/http.ts';
import { seededRandom } from '../../core/random.ts';
import type { FakePorts, FakeService } from '../../simulator/services/fake-service.ts';
import { createKubernetes } from '../../simulator/services/kubernetes/api-server.ts';
import { KubernetesState } from '../../simulator/services/kubernetes/state.ts';
import type { Disk } from '../../simulator/sim-files.ts';

/** A source and a cluster, in whatever world. */
export interface KubernetesUnderTest {
  readonly state: KubernetesState;
  /** The files of the node that the sources are for. */
  readonly disk: Disk;
  /** Without credentials unless told. */
  source(options?: Partial<KubernetesOptions>): KubernetesSource;
  /** Where the API server is. */
  readonly url: string;
  command(name: string, argument?: unknown): void;
  /** Lets the server suffer from now on; the function that is returned ends it. */
  trouble(effect: string, argument?: unknown): () => void;
  /** Addresses that were asked for; what is put into `before` is called with each. */
  readonly asked: string[];
  before: (url: string) => void;
  pause(ms: number): Promise<void>;
}

const OPTIONS: KubernetesOptions = {
  apiServer: '',
  kubeconfig: '',
  namespace: '',
  labelSelector: 'app=engram',
  fieldSelector: '',
  service: '',
  port: 7946,
  portName: '',
  portAnnotation: '',
  ipFamily: 'any',
  readyOnly: false,
  hostNetwork: false,
};

/** A cluster of one API server, and how its faults are made. */
export function fakeUnderTest(state = new KubernetesState()): {
  readonly state: KubernetesState;
  create(ports: Pick<FakePorts, 'name' | 'clock' | 'random' | 'crypto'>): HttpHandler;
  readonly controls: Pick<KubernetesUnderTest, 'command' | 'trouble' | 'asked' | 'before'>;
} {
  const troubles = new Map<string, unknown>();
  let service: FakeService;
  const controls: Pick<KubernetesUnderTest, 'command' | 'trouble' | 'asked' | 'before'> = {
    asked: [],
    before() {},
    command: (name, argument) => service.command!(name, argument),
    trouble(effect, argument) {
      troubles.set(effect, argument);
      service.struck?.(effect, argument);
      return () => void troubles.delete(effect);
    },
  };
  return {
    state,
    controls,
    create(ports) {
      const suffers: FakePorts['suffers'] = (effect) =>
        troubles.has(effect) ? { argument: troubles.get(effect), strike() {} } : undefined;
      service = createKubernetes({ ...ports, suffers, reaches: () => true }, state);
      return (request) => {
        controls.asked.push(request.url);
        controls.before(request.url);
        return service.handler(request);
      };
    },
  };
}

export function sourceOn(
  ports: Pick<SourcePorts, 'clock' | 'http'> & Partial<Pick<SourcePorts, 'environment' | 'files' | 'parseYaml'>>,
  disk: Disk,
  options: Partial<KubernetesOptions>,
): KubernetesSource {
  const log: SourcePorts['log'] = { debug() {}, info() {}, warn() {}, error() {}, child: () => log };
  return new KubernetesSource(
    { ...OPTIONS, ...options },
    {
      environment: {},
      random: seededRandom('source'),
      log,
      files: readOnly(disk),
      // JSON is YAML, too.
      parseYaml: async (text) => JSON.parse(text) as unknown,
      ...ports,
    },
  );
}

function readOnly(disk: Disk): Files {
  const refuse = (): never => {
    throw new Error('nothing writes here');
  };
  return {
    async read(path) {
      const content = disk.read(path);
      if (content === undefined) throw new FileFailed(path, 'missing', `${path}: no such file.`);
      return content;
    },
    list: refuse,
    write: refuse,
    remove: refuse,
    watch: refuse,
  };
}

export interface Followed {
  /** The addresses of each answer that the watch told. */
  readonly heard: string[][];
  readonly answers: Found[];
  /** How the sitting ended, once it has. */
  readonly end: Promise<'in order' | Error>;
  stop(): void;
}

/** One sitting of a watch. */
export function follow(source: KubernetesSource): Followed {
  const answers: Found[] = [];
  const heard: string[][] = [];
  const giveUp = new AbortController();
  onTestFinished(() => giveUp.abort());
  const found = (answer: Found): void => {
    answers.push(answer);
    heard.push(answer.candidates.map(({ address }) => address));
  };
  const end = source.watch({ found }, giveUp.signal).then(
    () => 'in order' as const,
    (error: unknown) => error as Error,
  );
  return { heard, answers, end, stop: () => giveUp.abort() };
}
