import * as kinds from '../../config/kinds.ts';
import { InvalidSetting } from '../../errors.ts';
import { told } from '../cloud/told.ts';
import { DEFAULT_PORT } from '../host-port.ts';
import type { SourceKey, SourceTable, SourceType } from '../source-type.ts';
import { azureSource, soughtBy, type AzureOptions } from './azure-source.ts';

export interface AzureConfig extends AzureOptions {
  readonly type: 'azure';
}

const KEYS: readonly SourceKey[] = [
  {
    name: 'tag_name',
    field: 'tagName',
    kind: kinds.anyText,
    initial: '',
    says: 'network interfaces with this tag, of the whole subscription',
    defines: true,
  },
  { name: 'tag_value', field: 'tagValue', kind: kinds.anyText, initial: '', says: 'of the tag; any unless given' },
  {
    name: 'resource_group',
    field: 'resourceGroup',
    kind: kinds.anyText,
    initial: '',
    says: 'where the scale set is',
  },
  {
    name: 'vm_scale_set',
    field: 'vmScaleSet',
    kind: kinds.anyText,
    initial: '',
    says: 'machines of this scale set, uniform or flexible, in place of a tag',
    defines: true,
  },
  {
    name: 'subscription_id',
    field: 'subscriptionId',
    kind: kinds.anyText,
    initial: '',
    says: 'unless given, ARM_SUBSCRIPTION_ID or AZURE_SUBSCRIPTION_ID',
  },
  {
    name: 'tenant_id',
    field: 'tenantId',
    kind: kinds.anyText,
    initial: '',
    says: 'of an application; unless given, ARM_TENANT_ID or AZURE_TENANT_ID',
  },
  {
    name: 'client_id',
    field: 'clientId',
    kind: kinds.anyText,
    initial: '',
    says: 'of an application or a managed identity; unless given, ARM_CLIENT_ID or AZURE_CLIENT_ID',
  },
  {
    name: 'secret_access_key',
    field: 'secretAccessKey',
    kind: kinds.anyText,
    initial: '',
    says: 'of the application; unless given, ARM_CLIENT_SECRET or AZURE_CLIENT_SECRET',
    secret: true,
  },
  {
    name: 'endpoint',
    field: 'endpoint',
    kind: kinds.webAddress,
    initial: '',
    says: 'Resource Manager of another cloud, in place of the public one',
  },
  { name: 'port', field: 'port', kind: kinds.whole(1, 65_535), initial: DEFAULT_PORT, says: 'where peers listen' },
  {
    name: 'refresh_interval_sec',
    field: 'refreshIntervalMs',
    kind: kinds.seconds(5, 86_400),
    initial: 60,
    says: 'Azure is asked again after this long; all nodes of a subscription share its allowance',
  },
];

export const azureType: SourceType<AzureConfig> = {
  type: 'azure',
  keys: KEYS,
  inWords: (config) => `asking Azure for ${soughtBy(config)}`,
  problem({ tagName, tagValue, resourceGroup, vmScaleSet }) {
    const ofSet = resourceGroup !== '' || vmScaleSet !== '';
    if (tagName !== '' && ofSet) return 'give tag_name, or resource_group with vm_scale_set, but not both.';
    if (tagName === '' && (resourceGroup === '' || vmScaleSet === '')) {
      return 'give tag_name, or resource_group together with vm_scale_set.';
    }
    return tagName === '' && tagValue !== '' ? 'tag_value has no meaning without tag_name.' : undefined;
  },
  urls: {
    /** `azure://subscription?tag_name=role&tag_value=db` */
    azure({ text, hosts, path, query }): SourceTable {
      if (hosts.length > 1 || path !== '') {
        throw new InvalidSetting('url', text, 'azure://subscription?tag_name=role&tag_value=db');
      }
      return { ...(hosts.length === 0 ? {} : { subscription_id: hosts[0] }), ...told(KEYS, query) };
    },
  },
  providers: { azure: (keys) => told(KEYS, keys) },
  create: (config, ports, { label }) => azureSource(config, ports, label),
};
