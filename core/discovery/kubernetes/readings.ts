import { canonicalAddress } from '../../address.ts';
import type { Address } from '../../ports/transport.ts';
import { listAt, numberAt, textAt, valueAt } from '../cloud/loose.ts';
import { isIp, withPort } from '../host-port.ts';

/** Who is a peer, and at which port of it. */
export interface PeerRules {
  readonly port: number;
  /** A named port of container or service; '' for none. Goes before `port`. */
  readonly portName: string;
  /** A pod's annotation that holds its port, or the name of one; '' for none. Goes before `portName`. */
  readonly portAnnotation: string;
  readonly ipFamily: 'any' | 'ipv4' | 'ipv6';
  /** False lets in who is not ready yet: nodes that wait for each other to get ready would wait for ever. */
  readonly readyOnly: boolean;
  /** Peers are reached at the address of their machine. */
  readonly hostNetwork: boolean;
}

export interface Peer {
  /** The same for every way in which one peer is listed. */
  readonly key: string;
  /** Of the pod. */
  readonly name: string;
  readonly address: Address;
}

/** What one object of the API says about peers. */
export interface Said {
  /** Objects count in this order. */
  readonly rank: string;
  readonly peers: readonly Peer[];
  /** Who is listed and no peer (yet): why. */
  readonly passedOver: readonly { readonly name: string; readonly why: string }[];
}

const NAMES_SHOWN = 5;

export function readPod(pod: unknown, rules: PeerRules): Said {
  const name = textAt(pod, 'metadata', 'name');
  const answer = podPeer(pod, rules);
  if (typeof answer === 'string') return { rank: name, peers: [], passedOver: [{ name, why: answer }] };
  return {
    rank: name,
    peers: [{ key: textAt(pod, 'metadata', 'uid') || name, name, address: answer.address }],
    passedOver: [],
  };
}

function podPeer(pod: unknown, rules: PeerRules): { address: Address } | string {
  if (valueAt(pod, 'metadata', 'deletionTimestamp') !== undefined) return 'being deleted';
  const phase = textAt(pod, 'status', 'phase');
  if (phase !== 'Running') return `in the phase ${phase || 'unknown'}`;
  if (rules.readyOnly && !isPodReady(pod)) return 'not ready';
  const ip = podIps(pod, rules.hostNetwork).find((one) => isOfFamily(one, rules.ipFamily));
  if (ip === undefined) return 'without an address';
  const port = podPort(pod, rules);
  return typeof port === 'string' ? port : { address: canonicalAddress(withPort(ip, port)) };
}

function isPodReady(pod: unknown): boolean {
  const conditions = listAt(pod, 'status', 'conditions');
  return conditions.some((one) => textAt(one, 'type') === 'Ready' && textAt(one, 'status') === 'True');
}

/** The primary one first. */
function podIps(pod: unknown, hostNetwork: boolean): readonly string[] {
  const [one, all] = hostNetwork ? ['hostIP', 'hostIPs'] : ['podIP', 'podIPs'];
  const ips = [textAt(pod, 'status', one), ...listAt(pod, 'status', all).map((entry) => textAt(entry, 'ip'))];
  return ips.filter(isIp);
}

function isOfFamily(ip: string, family: PeerRules['ipFamily']): boolean {
  return family === 'any' || (family === 'ipv6') === ip.includes(':');
}

/** A number, or why there is none. */
function podPort(pod: unknown, { port, portName, portAnnotation }: PeerRules): number | string {
  const annotated = portAnnotation === '' ? '' : textAt(pod, 'metadata', 'annotations', portAnnotation);
  if (/^\d+$/.test(annotated)) return isPort(Number(annotated)) ? Number(annotated) : `with the port ${annotated}`;
  const wanted = annotated || portName;
  if (wanted === '') return port;
  const ports = listAt(pod, 'spec', 'containers').flatMap((container) => listAt(container, 'ports'));
  const number = numberAt(
    ports.find((one) => textAt(one, 'name') === wanted),
    'containerPort',
  );
  return number !== undefined && isPort(number) ? number : `without a container port called ${wanted}`;
}

export function readSlice(slice: unknown, rules: PeerRules): Said {
  const type = textAt(slice, 'addressType');
  // IPv4 before IPv6: where a peer has both and either will do, everybody takes the same.
  const rank = `${type} ${textAt(slice, 'metadata', 'name')}`;
  const port = slicePort(slice, rules);
  const peers: Peer[] = [];
  const passedOver: { name: string; why: string }[] = [];
  for (const endpoint of listAt(slice, 'endpoints')) {
    const ip = textAt(endpoint, 'addresses', 0);
    const name = textAt(endpoint, 'targetRef', 'name') || ip;
    if (isIp(ip) && !isOfFamily(ip, rules.ipFamily)) continue;
    const why = endpointProblem(endpoint, ip, rules) ?? (typeof port === 'string' ? port : undefined);
    if (why !== undefined) passedOver.push({ name, why });
    else {
      const address = canonicalAddress(withPort(ip, port as number));
      peers.push({ key: textAt(endpoint, 'targetRef', 'uid') || address, name, address });
    }
  }
  return { rank, peers, passedOver };
}

function endpointProblem(endpoint: unknown, ip: string, { readyOnly }: PeerRules): string | undefined {
  if (!isIp(ip)) return 'without an IP address';
  if (valueAt(endpoint, 'conditions', 'terminating') === true) return 'being deleted';
  // Absent means ready.
  return readyOnly && valueAt(endpoint, 'conditions', 'ready') === false ? 'not ready' : undefined;
}

function slicePort(slice: unknown, { port, portName }: PeerRules): number | string {
  if (portName === '') return port;
  const entry = listAt(slice, 'ports').find((one) => textAt(one, 'name') === portName);
  const number = numberAt(entry, 'port');
  return number !== undefined && isPort(number) ? number : `without a port called ${portName}`;
}

function isPort(number: number): boolean {
  return Number.isInteger(number) && number >= 1 && number <= 65_535;
}

/** What all objects say together. One peer may be listed twice, as when a slice is split: once is enough. */
export function together(said: Iterable<Said>): { peers: readonly Peer[]; warnings: readonly string[] } {
  const ordered = [...said].toSorted((a, b) => (a.rank < b.rank ? -1 : a.rank > b.rank ? 1 : 0));
  const peers = new Map<string, Peer>();
  for (const peer of ordered.flatMap((one) => one.peers)) if (!peers.has(peer.key)) peers.set(peer.key, peer);
  const names = new Map<string, string[]>();
  for (const { name, why } of ordered.flatMap((one) => one.passedOver)) {
    names.set(why, [...(names.get(why) ?? []), name]);
  }
  return { peers: [...peers.values()], warnings: [...names].map(([why, who]) => `${why}: ${someOf(who)}`) };
}

function someOf(names: readonly string[]): string {
  const rest = names.length - NAMES_SHOWN;
  return rest <= 0 ? names.join(', ') : `${names.slice(0, NAMES_SHOWN).join(', ')} and ${rest} more`;
}
