import type { Budget } from '../cloud/budget.ts';
import { everyPage, LABEL_TAG, type Listing, type Machine } from '../cloud/listing.ts';
import { jsonFrom, listAt, textAt } from '../cloud/loose.ts';
import { SourceFailed } from '../source.ts';
import type { AwsApi } from './aws-api.ts';

export interface TaskSelection {
  readonly ecsCluster: string;
  /** '' for all. */
  readonly ecsFamily: string;
  /** '' for any; ECS cannot filter by tags, so we do. */
  readonly tagKey: string;
  readonly tagValue: string;
  readonly v6: boolean;
}

/** As many as ECS lists or describes at once. */
const AT_ONCE = 100;

/** Every running task of a cluster that has an address of its own (network mode awsvpc). */
export async function listTasks(
  method: string,
  api: AwsApi,
  selection: TaskSelection,
  budget: Budget,
): Promise<Listing> {
  const machines: Machine[] = [];
  const missing: string[] = [];
  const { ecsCluster: cluster, ecsFamily: family } = selection;
  const ask = async (action: string, question: unknown): Promise<unknown> => {
    const text = await api.post(budget, {
      service: 'ecs',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': `AmazonEC2ContainerServiceV20141113.${action}`,
      },
      body: JSON.stringify(question),
      permissions: 'ecs:ListTasks and ecs:DescribeTasks',
    });
    const answer = jsonFrom(text);
    if (answer === undefined) throw new SourceFailed(method, `what ECS answered to ${action} is no JSON.`);
    return answer;
  };
  await everyPage(method, async (nextToken) => {
    const which = { cluster, desiredStatus: 'RUNNING', maxResults: AT_ONCE };
    const page = await ask('ListTasks', { ...which, ...(family && { family }), ...(nextToken && { nextToken }) });
    const tasks = listAt(page, 'taskArns').filter((arn) => typeof arn === 'string');
    if (tasks.length > 0) {
      const described = await ask('DescribeTasks', { cluster, tasks, include: ['TAGS'] });
      const wanted = listAt(described, 'tasks').filter((task) => isWanted(task, selection));
      machines.push(...wanted.map((task) => machineOf(task, selection.v6)));
      missing.push(...failuresOf(described));
    }
    return textAt(page, 'nextToken');
  });
  return { machines, missing };
}

/** A task that is MISSING has stopped since it was listed: nothing is left out. */
function failuresOf(described: unknown): string[] {
  const others = listAt(described, 'failures').filter((failure) => textAt(failure, 'reason') !== 'MISSING');
  return others.map((failure) => `${textAt(failure, 'arn')} is not described: ${textAt(failure, 'reason')}.`);
}

function tagOf(task: unknown, key: string): string | undefined {
  const tag = listAt(task, 'tags').find((one) => textAt(one, 'key') === key);
  return tag === undefined ? undefined : textAt(tag, 'value');
}

function isWanted(task: unknown, { tagKey, tagValue }: TaskSelection): boolean {
  if (textAt(task, 'lastStatus') !== 'RUNNING') return false;
  const value = tagKey === '' ? undefined : tagOf(task, tagKey);
  return tagKey === '' || (value !== undefined && (tagValue === '' || value === tagValue));
}

function machineOf(task: unknown, v6: boolean): Machine {
  const cards = listAt(task, 'containers').flatMap((container) => listAt(container, 'networkInterfaces'));
  const addresses = cards.map((card) => textAt(card, v6 ? 'ipv6Address' : 'privateIpv4Address'));
  return {
    name: textAt(task, 'taskArn').replace(/^.*\//, ''),
    ip: addresses.find((address) => address !== '') ?? '',
    label: tagOf(task, LABEL_TAG) ?? '',
  };
}
