import type { Access } from './access.ts';

/** A kind of object in one namespace, and which of them. */
export interface Selection {
  readonly kind: 'pods' | 'endpointslices';
  /** '' for that of the credentials. */
  readonly namespace: string;
  readonly labelSelector: string;
  readonly fieldSelector: string;
}

const RUNNING = 'status.phase=Running';

export function podsWith(namespace: string, labelSelector: string, fieldSelector: string): Selection {
  const fields = fieldSelector === '' ? RUNNING : `${RUNNING},${fieldSelector}`;
  return { kind: 'pods', namespace, labelSelector, fieldSelector: fields };
}

export function slicesOf(namespace: string, service: string): Selection {
  const labelSelector = `kubernetes.io/service-name=${service}`;
  return { kind: 'endpointslices', namespace, labelSelector, fieldSelector: '' };
}

export function namespaceOf(access: Access, { namespace }: Selection): string {
  return namespace || access.namespace || 'default';
}
