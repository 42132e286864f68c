import type { Fault } from '../../simulator/faults/fault.ts';
import { durationInWords, faultInWords, names } from '../in-words.ts';
import type { Stage } from '../scenario.ts';

/** What decides a run before its first event, as data: enough to say how two runs were set up differently. */
export interface StageOutline {
  readonly hosts: readonly string[];
  readonly faults: readonly Fault[];
  readonly duration: number;
  readonly latency?: unknown;
  readonly mtu?: number;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly rules: readonly string[];
}

export function outlineOf({ hosts, faults, duration, latency, mtu, settings, invariants }: Stage): StageOutline {
  return {
    hosts: hosts.map(({ name }) => name),
    faults,
    duration,
    rules: invariants.map(({ id }) => id),
    ...(latency === undefined ? {} : { latency }),
    ...(mtu === undefined ? {} : { mtu }),
    ...(settings === undefined ? {} : { settings: { ...settings } }),
  };
}

/** More would be another schedule altogether. */
const FAULTS_TOLD = 4;

/** How two stages differ, a sentence each, the left one called A and the right one B. */
export function stageDifferences(a: StageOutline, b: StageOutline): string[] {
  return [
    ...onlyIn('hosts', a.hosts, b.hosts, names),
    ...(a.duration === b.duration ? [] : [`A plays ${durationInWords(a.duration)}, B ${durationInWords(b.duration)}`]),
    ...valueDifference('latency', a.latency, b.latency),
    ...valueDifference('mtu', a.mtu, b.mtu),
    ...settingDifferences(a.settings ?? {}, b.settings ?? {}),
    ...onlyIn('rules', a.rules, b.rules, names),
    ...faultDifferences(a.faults, b.faults),
  ];
}

function onlyIn(
  what: string,
  a: readonly string[],
  b: readonly string[],
  told: (list: readonly string[]) => string,
): string[] {
  const [left, right] = [a.filter((one) => !b.includes(one)), b.filter((one) => !a.includes(one))];
  return [
    ...(left.length === 0 ? [] : [`${what} only in A: ${told(left)}`]),
    ...(right.length === 0 ? [] : [`${what} only in B: ${told(right)}`]),
  ];
}

function settingDifferences(a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>): string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap((key) => valueDifference(key, a[key], b[key]));
}

function valueDifference(name: string, a: unknown, b: unknown): string[] {
  const [left, right] = [a, b].map((value) => JSON.stringify(value) ?? 'as usual');
  return left === right ? [] : [`${name}: ${left} in A, ${right} in B`];
}

/** Equal faults are equal whatever they are called. */
function faultDifferences(a: readonly Fault[], b: readonly Fault[]): string[] {
  const key = (fault: Fault) => JSON.stringify({ ...fault, id: '' });
  const [left, right] = [new Set(a.map(key)), new Set(b.map(key))];
  const told = (side: string, faults: readonly Fault[]) => [
    ...faults.slice(0, FAULTS_TOLD).map((fault) => `fault only in ${side}: ${faultInWords(fault)}`),
    ...(faults.length > FAULTS_TOLD ? [`and ${faults.length - FAULTS_TOLD} more faults only in ${side}`] : []),
  ];
  return [
    ...told(
      'A',
      a.filter((fault) => !right.has(key(fault))),
    ),
    ...told(
      'B',
      b.filter((fault) => !left.has(key(fault))),
    ),
  ];
}
