import type { Budget } from '../cloud/budget.ts';
import { percentEncoded } from '../cloud/encoding.ts';
import { LABEL_TAG, type Listing, type Machine } from '../cloud/listing.ts';
import { listAt, textAt, valueAt } from '../cloud/loose.ts';
import type { ResourceManager } from './resource-manager.ts';

export interface CardSelection {
  /** A tag of network interfaces; '' for a scale set. */
  readonly tagName: string;
  /** '' for any. */
  readonly tagValue: string;
  readonly resourceGroup: string;
  readonly vmScaleSet: string;
}

const NETWORK = 'api-version=2024-05-01';
const COMPUTE = 'api-version=2024-07-01';

/** Network interfaces with a tag. The API filters by none, so all of the subscription are read. */
export async function listTagged(
  manager: ResourceManager,
  subscription: string,
  { tagName, tagValue }: CardSelection,
  budget: Budget,
): Promise<Listing> {
  const path = `/subscriptions/${percentEncoded(subscription)}/providers/Microsoft.Network/networkInterfaces?${NETWORK}`;
  const cards = await manager.list(budget, path);
  const wanted = cards.filter((card) => {
    const value = tagOf(card, tagName);
    return value !== undefined && (tagValue === '' || value === tagValue) && machineIdOf(card) !== '';
  });
  return { machines: wanted.map(machineOf), missing: [] };
}

/**
 * First network interfaces of a scale set. Those of the uniform kind are listed below it; a flexible one, the usual
 * kind, has machines and interfaces of the resource group, and the list below it is empty or a 404.
 */
export async function listScaleSet(
  manager: ResourceManager,
  subscription: string,
  { resourceGroup, vmScaleSet }: CardSelection,
  budget: Budget,
): Promise<Listing> {
  const group = `/subscriptions/${percentEncoded(subscription)}/resourceGroups/${percentEncoded(resourceGroup)}/providers`;
  const set = `${group}/Microsoft.Compute/virtualMachineScaleSets/${percentEncoded(vmScaleSet)}`;
  const mode = textAt(await manager.read(budget, `${set}?${COMPUTE}`), 'properties', 'orchestrationMode');
  if (mode !== 'Flexible') {
    const cards = await manager.list(budget, `${set}/networkInterfaces?${NETWORK}`);
    return { machines: cards.filter(isFirst).map(machineOf), missing: [] };
  }
  const virtual = await manager.list(budget, `${group}/Microsoft.Compute/virtualMachines?${COMPUTE}`);
  const ours = virtual.filter((machine) => {
    const id = textAt(machine, 'properties', 'virtualMachineScaleSet', 'id').toLowerCase();
    return id.endsWith(`/virtualmachinescalesets/${vmScaleSet.toLowerCase()}`);
  });
  if (ours.length === 0) return { machines: [], missing: [] };
  const ids = new Set(ours.map((machine) => textAt(machine, 'id').toLowerCase()));
  const cards = await manager.list(budget, `${group}/Microsoft.Network/networkInterfaces?${NETWORK}`);
  const theirs = cards.filter((card) => isFirst(card) && ids.has(machineIdOf(card)));
  return { machines: theirs.map(machineOf), missing: [] };
}

/** Names of resources and of tags are one in any case. */
function machineIdOf(card: unknown): string {
  return textAt(card, 'properties', 'virtualMachine', 'id').toLowerCase();
}

function tagOf(card: unknown, name: string): string | undefined {
  const tags = Object.entries(valueAt(card, 'tags') ?? {});
  const value: unknown = tags.find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
  return typeof value === 'string' ? value : undefined;
}

function isFirst(card: unknown): boolean {
  return valueAt(card, 'properties', 'primary') !== false;
}

function machineOf(card: unknown): Machine {
  const configurations = listAt(card, 'properties', 'ipConfigurations');
  const first = configurations.find((one) => valueAt(one, 'properties', 'primary') === true) ?? configurations[0];
  return {
    name: textAt(card, 'name'),
    ip: textAt(first, 'properties', 'privateIPAddress'),
    label: tagOf(card, LABEL_TAG) ?? '',
  };
}
