import type { HttpHeaders, HttpResponse } from '../../../core/ports/http.ts';
import type { CloudMachine } from '../cloud/account.ts';
import { jsonAnswer, pageOf, type CloudDesk } from '../cloud/cloud-fake.ts';

/** The only resource group that the fake has. */
export const RESOURCE_GROUP = 'prod';

export function azureRefusal(status: number, code: string, message: string, headers: HttpHeaders = {}): HttpResponse {
  return jsonAnswer(status, { error: { code, message } }, headers);
}

/** What a list below a scale set, or of a group, consists of. */
type Reader = (machine: CloudMachine) => readonly unknown[];

/** Resources of a subscription. Names are one in any case, and answered in another case than they were asked in. */
export function resources(
  desk: CloudDesk,
  subscription: string,
  path: string,
  query: Readonly<Record<string, string>>,
  host: string,
): HttpResponse {
  if (query['api-version'] === undefined)
    return azureRefusal(400, 'MissingApiVersionParameter', 'api-version is missing');
  const base = `/subscriptions/${subscription}`;
  if (!path.startsWith(base)) return azureRefusal(404, 'SubscriptionNotFound', 'The subscription could not be found.');
  const group = `${base}/resourceGroups/${RESOURCE_GROUP}`;
  const machines = desk.machines();
  const list = (members: readonly CloudMachine[], reader: Reader): HttpResponse => {
    const { page, next } = pageOf(members, query['$skiptoken'] ?? '', desk.account.options.pageSize);
    desk.changes();
    const at = desk.suffers('cloud-link-astray') === undefined ? host : 'example.org';
    // Compute says the port that everybody knows.
    const port = schemeOf(host) === 'https' && path.endsWith('/virtualMachines') ? ':443' : '';
    const nextLink = `${schemeOf(host)}://${at}${port}${path}?api-version=${query['api-version']}&$skiptoken=${next}`;
    return jsonAnswer(200, { value: page.flatMap(reader), ...(next && { nextLink }) });
  };
  const [, ofGroup, rest = ''] = /^(\/resourceGroups\/[^/]+)?\/providers\/(.+)$/.exec(path.slice(base.length)) ?? [];
  if (ofGroup !== undefined && base + ofGroup !== group) {
    return azureRefusal(404, 'ResourceGroupNotFound', `Resource group could not be found.`);
  }
  const outside = machines.filter(({ group: set }) => modeOf(desk, set) !== 'Uniform');
  if (rest === 'Microsoft.Network/networkInterfaces') return list(outside, (machine) => cardsOf(group, machine));
  if (rest === 'Microsoft.Compute/virtualMachines')
    return list(outside, (machine) => [virtualMachineOf(group, machine)]);
  const [, set, below] =
    /^Microsoft\.Compute\/virtualMachineScaleSets\/([^/]+)(\/networkInterfaces)?$/.exec(rest) ?? [];
  const mode = modeOf(desk, set);
  if (set === undefined || mode === undefined)
    return azureRefusal(404, 'ResourceNotFound', 'The Resource was not found.');
  if (below === undefined) return jsonAnswer(200, { name: set, properties: { orchestrationMode: mode } });
  // The wrong mode: machines of a flexible set are not below it.
  if (mode === 'Flexible') return azureRefusal(404, 'NotFound', 'The requested operation is not supported.');
  return list(
    machines.filter((machine) => machine.group?.toLowerCase() === set.toLowerCase()),
    (machine) => cardsOf(group, machine),
  );
}

function modeOf({ account }: CloudDesk, set: string | undefined): 'Uniform' | 'Flexible' | undefined {
  const entry = Object.entries(account.options.scaleSets).find(([name]) => name.toLowerCase() === set?.toLowerCase());
  return entry?.[1];
}

/** The real one is reached by TLS alone; where a port is told, somebody runs the fake by itself. */
function schemeOf(host: string): string {
  return /:\d+$/.test(host) ? 'http' : 'https';
}

function machineId(group: string, name: string): string {
  return `${group}/providers/Microsoft.Compute/virtualMachines/${name}`;
}

function cardsOf(group: string, { name, ip, tags = {}, detached = false }: CloudMachine): readonly unknown[] {
  const primary = { name: 'ipconfig1', properties: { primary: true, privateIPAddress: ip } };
  const second = { name: 'ipconfig0', properties: { primary: false, privateIPAddress: '192.168.255.1' } };
  // Network and Compute do not agree on the case of ids.
  const virtualMachine = detached ? undefined : { id: machineId(group, name).toUpperCase() };
  const ipConfigurations = ip === '' ? [] : [second, primary];
  const more = { primary: false, virtualMachine, ipConfigurations: [second] };
  return [
    { name: `${name}-nic2`, tags: {}, properties: more },
    { name: `${name}-nic`, tags, properties: { primary: true, virtualMachine, ipConfigurations } },
  ];
}

function virtualMachineOf(group: string, { name, group: set }: CloudMachine): unknown {
  const id = `${group}/providers/Microsoft.Compute/virtualMachineScaleSets/${set ?? ''}`;
  return { id: machineId(group, name), name, properties: set === undefined ? {} : { virtualMachineScaleSet: { id } } };
}
