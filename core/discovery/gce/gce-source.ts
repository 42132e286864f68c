import { BackendCalls } from '../backend-calls.ts';
import { Budget } from '../cloud/budget.ts';
import { Held } from '../cloud/held.ts';
import { foundIn } from '../cloud/listing.ts';
import type { SourcePorts } from '../source-type.ts';
import { SourceFailed, type Source } from '../source.ts';
import { listGceInstances, type InstanceSelection } from './instances.ts';
import { gceMetadata } from './metadata.ts';
import { readServiceAccount, tokenOfAccount, tokenOfInstance } from './tokens.ts';

export interface GceOptions extends InstanceSelection {
  /** '' for that of the key file, or of this instance. */
  readonly projectName: string;
  /** '' for `GOOGLE_APPLICATION_CREDENTIALS`, or the service account of this instance. */
  readonly credentialsFile: string;
  readonly endpoint: string;
  readonly port: number;
  readonly refreshIntervalMs: number;
}

/** Peers among the instances of Compute Engine. */
export function gceSource(options: GceOptions, ports: SourcePorts, label: string): Source {
  const method = 'gce';
  const { clock, environment } = ports;
  const calls = new BackendCalls(method, ports.http());
  const metadata = gceMetadata(method, calls, environment['GCE_METADATA_HOST'] || 'metadata.google.internal');
  const file = options.credentialsFile || environment['GOOGLE_APPLICATION_CREDENTIALS'] || '';
  const token = new Held(clock, async (budget: Budget) => {
    if (file === '') return tokenOfInstance(method, metadata, budget);
    return tokenOfAccount(method, ports, calls, await readServiceAccount(method, ports, file), budget);
  });
  const endpoint = (options.endpoint || 'https://compute.googleapis.com').replace(/\/$/, '');
  let known = options.projectName;
  const projectOf = async (budget: Budget): Promise<string> => {
    if (known === '' && file !== '') known = (await readServiceAccount(method, ports, file)).projectId;
    if (known === '') known = ((await metadata(budget, 'project/project-id')) ?? '').trim();
    if (known === '') throw new SourceFailed(method, 'the project is not known. Give project_name.');
    return known;
  };
  const reading = {
    method,
    port: options.port,
    label,
    lifetimeMs: options.refreshIntervalMs,
    sought: soughtBy(options),
    lacks: 'internal address',
  };
  return {
    method,
    async discover(ask) {
      const budget = new Budget(method, clock, ask);
      const project = await projectOf(budget);
      const compute = { method, calls, token, endpoint };
      return foundIn(await listGceInstances(compute, project, options, budget), reading);
    },
  };
}

/** As the end of "it finds peers by asking Google Cloud for". */
export function soughtBy({ tagValue, labelKey, labelValue, zonePattern }: InstanceSelection): string {
  const parts = [
    tagValue && ` with the tag ${tagValue}`,
    labelKey && ` with the label ${labelKey}${labelValue && `=${labelValue}`}`,
    zonePattern && ` in zones like ${zonePattern}`,
  ];
  return `running instances${parts.join('')}`;
}
