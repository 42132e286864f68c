import * as kinds from '../../config/kinds.ts';
import { InvalidSetting } from '../../errors.ts';
import { told } from '../cloud/told.ts';
import { DEFAULT_PORT } from '../host-port.ts';
import type { SourceKey, SourceTable, SourceType } from '../source-type.ts';
import { awsSource, soughtBy, type AwsOptions } from './aws-source.ts';
import { ADDRESS_TYPES } from './ec2.ts';

export interface AwsConfig extends AwsOptions {
  readonly type: 'aws';
}

const KEYS: readonly SourceKey[] = [
  {
    name: 'tag_key',
    field: 'tagKey',
    kind: kinds.anyText,
    initial: '',
    says: 'only instances, or tasks, with this tag',
    defines: true,
  },
  { name: 'tag_value', field: 'tagValue', kind: kinds.anyText, initial: '', says: 'of the tag; any unless given' },
  {
    name: 'addr_type',
    field: 'addrType',
    kind: kinds.oneOf(ADDRESS_TYPES),
    initial: 'private_v4',
    says: 'which of their addresses peers listen on',
  },
  {
    name: 'region',
    field: 'region',
    kind: kinds.region,
    initial: '',
    says: 'unless given, AWS_REGION, AWS_DEFAULT_REGION, or that of this instance',
  },
  {
    name: 'access_key_id',
    field: 'accessKeyId',
    kind: kinds.anyText,
    initial: '',
    says: 'unless given, credentials come from the environment, a web identity, the container or the instance',
  },
  {
    name: 'secret_access_key',
    field: 'secretAccessKey',
    kind: kinds.anyText,
    initial: '',
    says: 'of `access_key_id`',
    secret: true,
  },
  {
    name: 'session_token',
    field: 'sessionToken',
    kind: kinds.anyText,
    initial: '',
    says: 'of keys that expire',
    secret: true,
  },
  {
    name: 'ecs_cluster',
    field: 'ecsCluster',
    kind: kinds.anyText,
    initial: '',
    says: 'tasks of this ECS cluster (network mode awsvpc), in place of instances',
    defines: true,
  },
  { name: 'ecs_family', field: 'ecsFamily', kind: kinds.anyText, initial: '', says: 'only tasks of this family' },
  {
    name: 'endpoint',
    field: 'endpoint',
    kind: kinds.webAddress,
    initial: '',
    says: 'in place of the public one: a VPC endpoint, or a fake',
  },
  {
    name: 'port',
    field: 'port',
    kind: kinds.whole(1, 65_535),
    initial: DEFAULT_PORT,
    says: 'where peers listen',
  },
  {
    name: 'refresh_interval_sec',
    field: 'refreshIntervalMs',
    kind: kinds.seconds(5, 86_400),
    initial: 60,
    says: 'AWS is asked again after this long; all nodes of an account share its allowance',
  },
];

export const awsType: SourceType<AwsConfig> = {
  type: 'aws',
  keys: KEYS,
  inWords: (config) => `asking AWS for ${soughtBy(config)}`,
  problem({ tagKey, tagValue, accessKeyId, secretAccessKey, ecsCluster, ecsFamily, addrType }) {
    if (tagKey === '' && ecsCluster === '') return 'give tag_key, or ecs_cluster.';
    if (tagKey === '' && tagValue !== '') return 'tag_value has no meaning without tag_key.';
    if ((accessKeyId === '') !== (secretAccessKey === ''))
      return 'access_key_id and secret_access_key belong together.';
    if (ecsCluster === '' && ecsFamily !== '') return 'ecs_family has no meaning without ecs_cluster.';
    const unknown = ecsCluster !== '' && addrType === 'public_v4';
    return unknown ? 'addr_type cannot be public_v4 with ecs_cluster: ECS does not say public addresses.' : undefined;
  },
  urls: {
    /** `aws://region?tag_key=role&tag_value=db` */
    aws({ text, hosts, path, query }): SourceTable {
      if (hosts.length > 1 || path !== '')
        throw new InvalidSetting('url', text, 'aws://region?tag_key=role&tag_value=db');
      return { ...(hosts.length === 0 ? {} : { region: hosts[0] }), ...told(KEYS, query) };
    },
  },
  providers: {
    aws({ service = '', ...keys }): SourceTable {
      if (service !== '' && service !== 'ec2' && service !== 'ecs') {
        throw new InvalidSetting('service', service, 'ec2 or ecs');
      }
      if ((service === 'ecs') !== 'ecs_cluster' in keys) {
        throw new InvalidSetting('service', service, 'ecs with an ecs_cluster, and absent without');
      }
      return told(KEYS, keys);
    },
  },
  create: (config, ports, { label }) => awsSource(config, ports, label),
};
