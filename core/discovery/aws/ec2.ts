import type { Budget } from '../cloud/budget.ts';
import { pairsEncoded } from '../cloud/encoding.ts';
import { everyPage, LABEL_TAG, type Listing, type Machine } from '../cloud/listing.ts';
import { SourceFailed } from '../source.ts';
import type { AwsApi } from './aws-api.ts';
import { elementsAt, readXml, textOf, type XmlElement } from './xml.ts';

export const ADDRESS_TYPES = ['private_v4', 'public_v4', 'public_v6'] as const;
export type AddressType = (typeof ADDRESS_TYPES)[number];

export interface Selection {
  readonly tagKey: string;
  /** '' for any value. */
  readonly tagValue: string;
  readonly addrType: AddressType;
}

/** As many as one answer may hold. Without a bound, EC2 refuses or stalls on large accounts. */
const PAGE = 1_000;

const ADDRESS_OF: Readonly<Record<AddressType, (instance: XmlElement) => string>> = {
  private_v4: (instance) => textOf(instance, 'privateIpAddress'),
  public_v4: (instance) => textOf(instance, 'ipAddress'),
  public_v6: (instance) => textOf(instance, 'networkInterfaceSet', 'item', 'ipv6AddressesSet', 'item', 'ipv6Address'),
};

/** Every running instance with the tag: all pages, all reservations. */
export async function listInstances(
  method: string,
  api: AwsApi,
  selection: Selection,
  budget: Budget,
): Promise<Listing> {
  const machines: Machine[] = [];
  await everyPage(method, async (token) => {
    const text = await api.post(budget, {
      service: 'ec2',
      headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
      body: pairsEncoded({ ...questionOf(selection), ...(token === '' ? {} : { NextToken: token }) }),
      permissions: 'ec2:DescribeInstances',
    });
    const answer = readXml(text);
    if (answer?.name !== 'DescribeInstancesResponse') {
      throw new SourceFailed(method, 'what EC2 answered is no list of instances: check endpoint.');
    }
    const instances = elementsAt(answer, 'reservationSet', 'item', 'instancesSet', 'item');
    machines.push(...instances.map((instance) => machineOf(instance, selection.addrType)));
    return textOf(answer, 'nextToken');
  });
  return { machines, missing: [] };
}

function questionOf({ tagKey, tagValue }: Selection): Readonly<Record<string, string>> {
  return {
    Action: 'DescribeInstances',
    Version: '2016-11-15',
    'Filter.1.Name': tagValue === '' ? 'tag-key' : `tag:${tagKey}`,
    'Filter.1.Value.1': tagValue === '' ? tagKey : tagValue,
    'Filter.2.Name': 'instance-state-name',
    'Filter.2.Value.1': 'running',
    MaxResults: String(PAGE),
  };
}

function machineOf(instance: XmlElement, addrType: AddressType): Machine {
  const label = elementsAt(instance, 'tagSet', 'item').find((tag) => textOf(tag, 'key') === LABEL_TAG);
  return {
    name: textOf(instance, 'instanceId'),
    ip: ADDRESS_OF[addrType](instance),
    label: label === undefined ? '' : textOf(label, 'value'),
  };
}
