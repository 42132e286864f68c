import { awsType } from './aws/aws-type.ts';
import { azureType } from './azure/azure-type.ts';
import { consulType } from './consul/consul-type.ts';
import { dnsType } from './dns/dns-type.ts';
import { etcdType } from './etcd/etcd-type.ts';
import { fileType } from './file/file-type.ts';
import { gceType } from './gce/gce-type.ts';
import { kubernetesType } from './kubernetes/kubernetes-type.ts';
import { mdnsType } from './mdns/mdns-type.ts';
import { registryType } from './registry/registry-type.ts';
import { staticType } from './static/static-type.ts';
import type { SourceConfig, SourceContext, SourcePorts, SourceType } from './source-type.ts';
import type { Source } from './source.ts';

/** All ways of finding peers, in the order in which those that are told anything are asked. */
export const SOURCE_TYPES: readonly SourceType[] = [
  asAny(staticType),
  asAny(dnsType),
  asAny(mdnsType),
  asAny(consulType),
  asAny(etcdType),
  asAny(kubernetesType),
  asAny(awsType),
  asAny(gceType),
  asAny(azureType),
  asAny(fileType),
  asAny(registryType),
];

/** What each type makes of its own configuration is its own affair. */
function asAny<C extends SourceConfig>(type: SourceType<C>): SourceType {
  return type as unknown as SourceType;
}

export function sourceType(type: string): SourceType | undefined {
  return SOURCE_TYPES.find((one) => one.type === type);
}

/** The source that a checked configuration asks for. */
export function createSource(config: SourceConfig, ports: SourcePorts, context: SourceContext): Source {
  return sourceType(config.type)!.create(config, ports, context);
}
