import * as kinds from '../../config/kinds.ts';
import { InvalidSetting } from '../../errors.ts';
import { DEFAULT_PORT } from '../host-port.ts';
import type { SourceTable, SourceType, SourceUrl } from '../source-type.ts';
import { KubernetesSource, type KubernetesOptions } from './kubernetes-source.ts';

export interface KubernetesConfig extends KubernetesOptions {
  readonly type: 'kubernetes';
}

/** Where go-discover looks for the port of a pod. */
const GO_DISCOVER_PORT = 'consul.hashicorp.com/auto-join-port';
/** RFC 1123. */
const NAME = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)?$/;

export const kubernetesType: SourceType<KubernetesConfig> = {
  type: 'kubernetes',
  keys: [
    {
      name: 'label_selector',
      field: 'labelSelector',
      kind: kinds.anyText,
      initial: '',
      says: 'pods with these labels, such as app=engram',
      defines: true,
    },
    {
      name: 'service',
      field: 'service',
      kind: kinds.anyText,
      initial: '',
      says: 'the endpoints of this service, in place of pods',
    },
    {
      name: 'namespace',
      field: 'namespace',
      kind: kinds.anyText,
      initial: '',
      says: 'where they are; unless given, in the namespace of this pod, or of the kubeconfig',
    },
    {
      name: 'field_selector',
      field: 'fieldSelector',
      kind: kinds.anyText,
      initial: '',
      says: 'only pods with these fields as well, such as spec.nodeName=worker-1',
    },
    {
      name: 'port',
      field: 'port',
      kind: kinds.whole(1, 65_535),
      initial: DEFAULT_PORT,
      says: 'where peers listen',
    },
    {
      name: 'port_name',
      field: 'portName',
      kind: kinds.anyText,
      initial: '',
      says: 'the name of a port of container or service, in place of port; who has none of that name is no peer',
    },
    {
      name: 'port_annotation',
      field: 'portAnnotation',
      kind: kinds.anyText,
      initial: '',
      says: 'the annotation of a pod that holds its port, or the name of one; goes before the others',
    },
    {
      name: 'ip_family',
      field: 'ipFamily',
      kind: kinds.oneOf(['any', 'ipv4', 'ipv6']),
      initial: 'any',
      says: 'which address of pods that have several',
    },
    {
      name: 'ready_only',
      field: 'readyOnly',
      kind: kinds.yesOrNo,
      initial: false,
      says: 'pass over who is not ready; nodes that get ready by finding each other never would',
    },
    {
      name: 'host_network',
      field: 'hostNetwork',
      kind: kinds.yesOrNo,
      initial: false,
      says: 'take the address of the machine that a pod is on',
    },
    {
      name: 'kubeconfig',
      field: 'kubeconfig',
      kind: kinds.path,
      initial: '',
      says: 'credentials for outside of the cluster; unless given, those of the pod, of KUBECONFIG or of ~/.kube/config',
    },
    {
      name: 'api_server',
      field: 'apiServer',
      kind: kinds.anyText,
      initial: '',
      says: 'a URL that is asked without credentials, such as http://127.0.0.1:8001 for kubectl proxy',
    },
  ],
  inWords: ({ labelSelector, service, namespace }) => {
    const whom = service === '' ? `pods with ${labelSelector}` : `the endpoints of the service ${service}`;
    return `asking Kubernetes for ${whom}${namespace === '' ? '' : ` in the namespace ${namespace}`}`;
  },
  problem(config) {
    const { labelSelector, service, apiServer, kubeconfig } = config;
    if ((labelSelector === '') === (service === '')) return 'Kubernetes needs one of label_selector and service.';
    if (service !== '' && (config.fieldSelector !== '' || config.portAnnotation !== '' || config.hostNetwork)) {
      return 'field_selector, port_annotation and host_network are about pods: they need label_selector, not service.';
    }
    for (const [key, value] of Object.entries({ namespace: config.namespace, service })) {
      if (!NAME.test(value)) return `${key} is ${JSON.stringify(value)}, which Kubernetes would not call anything.`;
    }
    if (apiServer !== '' && kubeconfig !== '') return 'api_server and kubeconfig each say where the API is: take one.';
    if (apiServer !== '' && !/^https?:\/\/[^/]/.test(apiServer)) return 'api_server must be an http(s) URL.';
    return undefined;
  },
  urls: { k8s: fromUrl, kubernetes: fromUrl },
  providers: { k8s: (keys) => ({ ...keys, port_annotation: GO_DISCOVER_PORT }) },
  create: (config, ports) => new KubernetesSource(config, ports),
};

/** `k8s://namespace/service`, or `k8s://namespace?label_selector=app%3Dengram&port=7946`. */
function fromUrl({ text, hosts, path, query }: SourceUrl): SourceTable {
  const [namespace, ...others] = hosts;
  if (others.length > 0) {
    throw new InvalidSetting('url', text, 'k8s://namespace/service, or k8s://namespace?label_selector=app%3Dengram');
  }
  return { ...(namespace === undefined ? {} : { namespace }), ...(path === '' ? {} : { service: path }), ...query };
}
