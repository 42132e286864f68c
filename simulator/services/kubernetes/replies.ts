import type { HttpResponse } from '../../../core/ports/http.ts';

export function json(value: unknown, status = 200): HttpResponse {
  return { status, headers: { 'content-type': 'application/json' }, body: `${JSON.stringify(value)}\n` };
}

/** How the API says that it will not, as an answer or in the middle of a watch. */
export function statusObject(code: number, reason: string, message: string, details?: object): object {
  const about = details === undefined ? {} : { details };
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code, ...about };
}

export function refusal(code: number, reason: string, message: string, details?: object): HttpResponse {
  return json(statusObject(code, reason, message, details), code);
}

export const EXPIRED = {
  code: 410,
  reason: 'Expired',
  message: 'The resourceVersion for the provided watch is too old.',
} as const;

const VERBS = ['create', 'delete', 'get', 'list', 'patch', 'watch'];

function resources(groupVersion: string, kinds: readonly (readonly [name: string, kind: string])[]): object {
  const all = kinds.map(([name, kind]) => ({
    name,
    singularName: kind.toLowerCase(),
    namespaced: true,
    kind,
    verbs: VERBS,
  }));
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources: all };
}

const DISCOVERY = { groupVersion: 'discovery.k8s.io/v1', version: 'v1' };
const GROUP = { name: 'discovery.k8s.io', versions: [DISCOVERY], preferredVersion: DISCOVERY };

/** What clients read to learn what the server has. */
export const ABOUT: Readonly<Record<string, object>> = {
  '/version': { major: '1', minor: '32', gitVersion: 'v1.32.0-rollcall' },
  '/api': { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] },
  '/apis': { kind: 'APIGroupList', apiVersion: 'v1', groups: [GROUP] },
  '/api/v1': resources('v1', [['pods', 'Pod']]),
  '/apis/discovery.k8s.io': { kind: 'APIGroup', apiVersion: 'v1', ...GROUP },
  '/apis/discovery.k8s.io/v1': resources('discovery.k8s.io/v1', [['endpointslices', 'EndpointSlice']]),
  '/readyz': {},
};
