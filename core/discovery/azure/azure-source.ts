import { BackendCalls } from '../backend-calls.ts';
import { Budget } from '../cloud/budget.ts';
import { Held } from '../cloud/held.ts';
import { foundIn } from '../cloud/listing.ts';
import type { SourcePorts } from '../source-type.ts';
import { SourceFailed, type Source } from '../source.ts';
import { listScaleSet, listTagged, type CardSelection } from './network-cards.ts';
import { ResourceManager } from './resource-manager.ts';
import { azureToken } from './tokens.ts';

export interface AzureOptions extends CardSelection {
  /** These four: '' for what the environment says. */
  readonly subscriptionId: string;
  readonly tenantId: string;
  readonly clientId: string;
  readonly secretAccessKey: string;
  readonly endpoint: string;
  readonly port: number;
  readonly refreshIntervalMs: number;
}

/** Peers among the machines of Azure, by their network interfaces. */
export function azureSource(options: AzureOptions, ports: SourcePorts, label: string): Source {
  const method = 'azure';
  const { clock, environment } = ports;
  const said = (told: string, name: string): string =>
    told || environment[`ARM_${name}`] || environment[`AZURE_${name}`] || '';
  const subscription = said(options.subscriptionId, 'SUBSCRIPTION_ID');
  const identity = {
    tenantId: said(options.tenantId, 'TENANT_ID'),
    clientId: said(options.clientId, 'CLIENT_ID'),
    clientSecret: said(options.secretAccessKey, 'CLIENT_SECRET'),
    federatedTokenFile: environment['AZURE_FEDERATED_TOKEN_FILE'] ?? '',
  };
  const endpoint = (options.endpoint || 'https://management.azure.com').replace(/\/$/, '');
  const calls = new BackendCalls(method, ports.http());
  const token = new Held(clock, (budget: Budget) =>
    azureToken({ method, ports, calls, resource: endpoint }, identity, budget),
  );
  const manager = new ResourceManager({ method, calls, token, endpoint });
  const list = options.tagName === '' ? listScaleSet : listTagged;
  const reading = {
    method,
    port: options.port,
    label,
    lifetimeMs: options.refreshIntervalMs,
    sought: soughtBy(options),
    lacks: 'private address',
  };
  return {
    method,
    async discover(ask) {
      if (subscription === '') throw new SourceFailed(method, 'the subscription is not known. Give subscription_id.');
      return foundIn(await list(manager, subscription, options, new Budget(method, clock, ask)), reading);
    },
  };
}

/** As the end of "it finds peers by asking Azure for". */
export function soughtBy({ tagName, tagValue, resourceGroup, vmScaleSet }: CardSelection): string {
  if (tagName === '') return `machines of the scale set ${vmScaleSet} in ${resourceGroup}`;
  return `network interfaces with the tag ${tagName}${tagValue === '' ? '' : `=${tagValue}`}`;
}
