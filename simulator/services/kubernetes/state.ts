import { InvalidSetting } from '../../../core/errors.ts';
import type { HttpHandler } from '../../../core/ports/http.ts';
import { bytesFromText } from '../../../core/wire/text.ts';
import { Disk } from '../../sim-files.ts';
import { isReady, KINDS, type Pod } from './api-object.ts';
import { addressesOf, podsOf, reconcileSlices, repackSlices, type Service } from './slices.ts';
import { Store } from './store.ts';

export interface KubernetesOptions {
  /** How many changes the history holds. 1,000 unless given. */
  readonly history?: number;
  /** The one token that is accepted; '' lets everybody in. */
  readonly token?: string;
  /** The host where the objects are stored: servers that do not reach it neither write nor learn. Unless given, all do. */
  readonly storage?: string;
}

/** Where a pod stands in its life. */
export const STAGES = ['pending', 'no-ip', 'running', 'ready', 'terminating'] as const;
export type Stage = (typeof STAGES)[number];

export interface PodSpec {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Number by name. */
  readonly ports?: Readonly<Record<string, number>>;
  /** The primary one first. Unless given, the lowest address that is free. */
  readonly ips?: readonly string[];
  readonly hostIp?: string;
  readonly stage?: Stage;
}

/** The folder of a pod's credentials: what `mounts` of a simulated node needs. */
export const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
const DEFAULT_NAMESPACE = 'default';

/** One Kubernetes cluster: what all of its API servers share. */
export class KubernetesState {
  readonly store: Store;
  readonly storage: string | undefined;
  /** The credentials that pods have, at `SERVICE_ACCOUNT`. */
  readonly serviceAccount = new Disk();
  /** The API servers, by their hosts. */
  readonly servers = new Map<string, HttpHandler>();
  readonly #services = new Map<string, Service>();
  #token = '';
  #serial = 0;

  constructor({ history = 1_000, token = '', storage }: KubernetesOptions = {}) {
    this.store = new Store(history);
    this.storage = storage;
    this.serviceAccount.write(`${SERVICE_ACCOUNT}/namespace`, bytesFromText(DEFAULT_NAMESPACE));
    this.rotateToken(token);
  }

  get token(): string {
    return this.#token;
  }

  /** From now on no other token is accepted. Pods find it where they found the one before. */
  rotateToken(token: string): void {
    this.#token = token;
    this.serviceAccount.write(`${SERVICE_ACCOUNT}/token`, bytesFromText(token));
  }

  pod(name: string, namespace = DEFAULT_NAMESPACE): Pod | undefined {
    return this.store.get('pods', namespace, name) as Pod | undefined;
  }

  createPod(spec: PodSpec, creationTimestamp: string): void {
    const { name, namespace = DEFAULT_NAMESPACE, labels = {}, annotations = {}, ports = {}, stage = 'ready' } = spec;
    const containerPorts = Object.entries(ports).map(([port, containerPort]) => {
      return { name: port, containerPort, protocol: 'TCP' as const };
    });
    this.#serial += 1;
    const uid = `00000000-0000-4000-8000-${String(this.#serial).padStart(12, '0')}`;
    const pod: Pod = {
      ...KINDS.pods,
      metadata: { name, namespace, uid, labels, annotations, creationTimestamp },
      spec: { nodeName: 'worker-1', containers: [{ name: 'main', image: 'example', ports: containerPorts }] },
      status: { phase: 'Pending', conditions: [] },
    };
    this.putPod(this.#staged(pod, stage, spec));
  }

  /** Moves a pod on, or back, in its life. */
  stagePod(
    name: string,
    stage: Stage,
    namespace = DEFAULT_NAMESPACE,
    more: Pick<PodSpec, 'ips' | 'hostIp'> = {},
  ): void {
    const pod = this.pod(name, namespace);
    if (pod !== undefined) this.putPod(this.#staged(pod, stage, more));
  }

  putPod(pod: Pod): Pod {
    const stored = this.store.put('pods', pod);
    this.#reconcile();
    return stored;
  }

  deletePod(name: string, namespace = DEFAULT_NAMESPACE): void {
    this.store.remove('pods', namespace, name);
    this.#reconcile();
  }

  putService(service: Service): void {
    this.#services.set(`${service.namespace}/${service.name}`, service);
    this.#reconcile();
  }

  /** Lists every endpoint of a service twice until the function that this returns is called. */
  repack(name: string, namespace = DEFAULT_NAMESPACE): () => void {
    const old = repackSlices(this.store, this.#service(name, namespace), this.#nextSerial);
    return () => {
      for (const slice of old) this.store.remove('endpointslices', namespace, slice);
      this.#reconcile();
    };
  }

  /** What DNS says of a headless service: the addresses of its ready pods. */
  readyAddresses(name: string, namespace = DEFAULT_NAMESPACE): readonly string[] {
    return podsOf(this.store, this.#service(name, namespace)).filter(isReady).flatMap(addressesOf);
  }

  #service(name: string, namespace: string): Service {
    const service = this.#services.get(`${namespace}/${name}`);
    if (service !== undefined) return service;
    throw new InvalidSetting('service', `${namespace}/${name}`, 'one that was put before');
  }

  #reconcile(): void {
    for (const service of this.#services.values()) reconcileSlices(this.store, service, this.#nextSerial);
  }

  readonly #nextSerial = (): number => ++this.#serial;

  #staged(pod: Pod, stage: Stage, { ips, hostIp }: Pick<PodSpec, 'ips' | 'hostIp'>): Pod {
    const hostIP = hostIp ?? pod.status.hostIP ?? '192.0.2.1';
    const had = addressesOf(pod);
    const has = ips ?? (had.length > 0 ? had : [this.#freeIp()]);
    const { deletionTimestamp: _, ...alive } = pod.metadata;
    const dying = { ...pod.metadata, deletionTimestamp: pod.metadata.creationTimestamp ?? '1970-01-01T00:00:00Z' };
    const metadata = stage === 'terminating' ? dying : alive;
    if (stage === 'pending') return { ...pod, metadata, status: { phase: 'Pending', conditions: [] } };
    const ready = stage === 'ready' ? 'True' : 'False';
    const status = { phase: 'Running', hostIP, conditions: [{ type: 'Ready', status: ready }] } as const;
    if (stage === 'no-ip') return { ...pod, metadata, status };
    const podIP = has[0]!;
    return { ...pod, metadata, status: { ...status, podIP, podIPs: has.map((ip) => ({ ip })) } };
  }

  /** The lowest one: an address that was given back is soon another pod's. */
  #freeIp(): string {
    const pods = [...this.store.objects.values()].filter((one): one is Pod => one.kind === KINDS.pods.kind);
    const taken = new Set(pods.flatMap(addressesOf));
    for (let n = 1; ; n++) {
      const ip = `10.244.${n >> 8}.${n & 255}`;
      if (!taken.has(ip)) return ip;
    }
  }
}
