import { BackendCalls } from '../backend-calls.ts';
import { Budget } from '../cloud/budget.ts';
import { foundIn } from '../cloud/listing.ts';
import type { SourcePorts } from '../source-type.ts';
import type { Source } from '../source.ts';
import { AwsApi } from './aws-api.ts';
import { awsCredentials } from './credentials.ts';
import { listInstances, type Selection } from './ec2.ts';
import { listTasks } from './ecs.ts';
import { Imds } from './imds.ts';

export interface AwsOptions extends Selection {
  /** '' for what the environment or the metadata service says. */
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** Tasks of this cluster are asked for in place of instances; '' for instances. */
  readonly ecsCluster: string;
  readonly ecsFamily: string;
  readonly endpoint: string;
  readonly port: number;
  readonly refreshIntervalMs: number;
}

const ADDRESS_WORDS = { private_v4: 'private IPv4', public_v4: 'public IPv4', public_v6: 'IPv6' } as const;

/** Peers among the instances of EC2, or the tasks of ECS. */
export function awsSource(options: AwsOptions, ports: SourcePorts, label: string): Source {
  const method = 'aws';
  const { accessKeyId, secretAccessKey, sessionToken, ecsCluster, port, refreshIntervalMs, addrType } = options;
  const { environment, clock } = ports;
  const region = options.region || environment['AWS_REGION'] || environment['AWS_DEFAULT_REGION'] || '';
  const calls = new BackendCalls(method, ports.http());
  const imds = new Imds(method, calls, clock, environment['AWS_EC2_METADATA_SERVICE_ENDPOINT'] ?? '');
  const explicit = { accessKeyId, secretAccessKey, sessionToken };
  const credentials = awsCredentials({ method, ports, calls, imds, region }, explicit);
  const api = new AwsApi({ method, ports, calls, credentials, imds, region, endpoint: options.endpoint });
  const ofEcs = ecsCluster !== '';
  const reading = {
    method,
    port,
    label,
    lifetimeMs: refreshIntervalMs,
    sought: soughtBy(options),
    lacks: `${ADDRESS_WORDS[addrType]} address${ofEcs ? ' of their own (network mode awsvpc)' : ''}`,
  };
  return {
    method,
    async discover(ask) {
      const budget = new Budget(method, clock, ask);
      const listing = ofEcs
        ? await listTasks(method, api, { ...options, v6: addrType === 'public_v6' }, budget)
        : await listInstances(method, api, options, budget);
      return foundIn(listing, reading);
    },
  };
}

/** As the end of "it finds peers by asking AWS for". */
export function soughtBy({ tagKey, tagValue, ecsCluster, ecsFamily }: AwsOptions): string {
  const tagged = tagKey === '' ? '' : ` with the tag ${tagKey}${tagValue === '' ? '' : `=${tagValue}`}`;
  if (ecsCluster === '') return `running instances${tagged}`;
  return `running tasks of ${ecsCluster}${ecsFamily === '' ? '' : ` of the family ${ecsFamily}`}${tagged}`;
}
