import { HttpFailed } from '../../ports/http.ts';
import { Budget } from '../cloud/budget.ts';
import { textAt } from '../cloud/loose.ts';
import type { SourcePorts } from '../source-type.ts';
import { nobody, STEADY_LIFETIME_MS } from '../source.ts';
import type { Ask, Entry, Found, Source, Watcher } from '../source.ts';
import { METHOD } from './access.ts';
import { isExpired, KubernetesApi, type Listed } from './api.ts';
import { readAccess, type AccessOptions } from './read-access.ts';
import { readPod, readSlice, together, type PeerRules, type Said } from './readings.ts';
import { podsWith, slicesOf, type Selection } from './selection.ts';

export interface KubernetesOptions extends AccessOptions, PeerRules {
  /** '' for that of the pod, or of the kubeconfig. */
  readonly namespace: string;
  readonly labelSelector: string;
  readonly fieldSelector: string;
  /** Its EndpointSlices are followed in place of pods; '' for none. */
  readonly service: string;
}

type Ports = Pick<SourcePorts, 'clock' | 'random' | 'http' | 'files' | 'environment' | 'parseYaml' | 'log'>;

/** What a watch has told may be believed until the watch has surely been found dead, and begun again. */
const WATCHED_LIFETIME_MS = 300_000;
const WATCH_LIST_MS = 30_000;
/** RFC 1123: nothing else can be the name of a pod. */
const POD_NAME = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;

/** Peers among the pods of a namespace, or behind one of its services. Kubernetes enters them by itself. */
export class KubernetesSource implements Required<Pick<Source, 'discover' | 'watch' | 'lookup'>> {
  readonly method = METHOD;
  readonly #options: KubernetesOptions;
  readonly #ports: Ports;
  readonly #api: KubernetesApi;
  readonly #selection: Selection;

  constructor(options: KubernetesOptions, ports: Ports) {
    const { clock, random, http } = ports;
    this.#options = options;
    this.#ports = ports;
    this.#api = new KubernetesApi({ clock, random, http, access: () => readAccess(options, ports) });
    const { namespace, labelSelector, fieldSelector, service } = options;
    this.#selection = service === '' ? podsWith(namespace, labelSelector, fieldSelector) : slicesOf(namespace, service);
  }

  async discover(ask: Ask): Promise<Found> {
    const { objects, namespace } = await this.#api.list(this.#selection, this.#budget(ask));
    return this.#found(objects.map(this.#said), namespace, STEADY_LIFETIME_MS);
  }

  async watch(watcher: Watcher, signal: AbortSignal): Promise<void> {
    try {
      const listed = await this.#api.list(this.#selection, this.#budget({ deadlineMs: WATCH_LIST_MS, signal }));
      await this.#follow(listed, watcher, signal);
    } catch (error) {
      if (signal.aborted || isExpired(error)) return;
      // Whether anybody is still there, the list of the next sitting will tell.
      if (!isSilence(error)) throw error;
      this.#ports.log.info({ operation: 'discovery', method: METHOD }, 'the watch has gone silent: listing again');
    }
  }

  /** The pod of that name: StatefulSets give nodes the names of their pods. */
  async lookup(id: string, ask: Ask): Promise<Entry | undefined> {
    if (!POD_NAME.test(id)) return undefined;
    const { kind, fieldSelector } = this.#selection;
    // Not a GET, which would ignore the labels, and which needs a permission of its own.
    const narrower = kind === 'pods' ? { fieldSelector: `${fieldSelector},metadata.name=${id}` } : {};
    const { objects } = await this.#api.list({ ...this.#selection, ...narrower }, this.#budget(ask));
    const peer = together(objects.map(this.#said)).peers.find(({ name }) => name === id);
    return peer && { id, address: peer.address };
  }

  async #follow(listed: Listed, watcher: Watcher, signal: AbortSignal): Promise<void> {
    const objects = new Map(listed.objects.map((object) => [keyOf(object), this.#said(object)]));
    let told = '';
    const tell = (isNews: boolean): void => {
      const found = this.#found(objects.values(), listed.namespace, WATCHED_LIFETIME_MS);
      const addresses = found.candidates.map(({ address }) => address).join(' ');
      if (addresses === told && isNews) return;
      told = addresses;
      watcher.found(found);
    };
    tell(false);
    for await (const { type, object } of this.#api.watch(this.#selection, listed, signal)) {
      if (type === 'ADDED' || type === 'MODIFIED') objects.set(keyOf(object), this.#said(object));
      if (type === 'DELETED') objects.delete(keyOf(object));
      tell(type !== 'BOOKMARK');
    }
  }

  readonly #said = (object: unknown): Said =>
    this.#selection.kind === 'pods' ? readPod(object, this.#options) : readSlice(object, this.#options);

  #found(said: Iterable<Said>, namespace: string, lifetimeMs: number): Found {
    const { peers, warnings } = together(said);
    const candidates = peers.map(({ address }) => ({ address }));
    if (candidates.length > 0) return { candidates, lifetimeMs, complete: true, warnings };
    const { labelSelector, service } = this.#options;
    const whom = service === '' ? `running pods with ${labelSelector}` : `endpoints of the service ${service}`;
    const reason =
      warnings.length === 0
        ? `there are no ${whom} in the namespace ${namespace}`
        : `all ${whom} in the namespace ${namespace} are passed over: ${warnings.join('; ')}`;
    return { ...nobody(reason, lifetimeMs), warnings };
  }

  #budget(ask: Ask): Budget {
    return new Budget(METHOD, this.#ports.clock, ask);
  }
}

/** A name is used by one object at a time. */
function keyOf(object: unknown): string {
  return textAt(object, 'metadata', 'name');
}

function isSilence(error: unknown): boolean {
  return error instanceof Error && error.cause instanceof HttpFailed && error.cause.problem === 'timeout';
}
