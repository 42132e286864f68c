import type { Ratio } from '../core/ports/random.ts';
import type { Micros } from '../core/ports/clock.ts';
import { MILLISECOND, SECOND } from '../core/ports/clock.ts';
import type { Fault, LinkHarm } from '../simulator/faults/fault.ts';

/** What struck at once and left no state behind still explains what happens in the next few seconds. */
const AFTERMATH: Micros = 10 * SECOND;

/** `12.345678 s`, exact to the microsecond, so that a time can be pasted back into a filter. */
export function timeInWords(at: Micros): string {
  return `${(at / SECOND).toFixed(6).replace(/(\.\d{3}\d*?)0+$/, '$1')} s`;
}

/** A length of time for people: three digits and a fitting unit. */
export function durationInWords(duration: Micros): string {
  if (duration >= 100 * SECOND) return `${Math.round(duration / SECOND)} s`;
  if (duration >= SECOND) return `${Number((duration / SECOND).toPrecision(3))} s`;
  if (duration >= MILLISECOND) return `${Number((duration / MILLISECOND).toPrecision(3))} ms`;
  return `${Math.round(duration)} us`;
}

/** More of them are a storm, of which the last ones tell enough. */
const AFTERMATHS_TOLD = 5;

/** The faults that held at a time, and the latest of those that had struck at once shortly before. */
export function faultsInForce(faults: readonly Fault[], at: Micros): Fault[] {
  const telling = faults.filter((fault) => fault.at <= at && at <= endOf(fault, faults));
  const momentary = telling.filter((fault) => !lasts(fault)).toSorted((a, b) => a.at - b.at);
  const dropped = new Set(momentary.slice(0, -AFTERMATHS_TOLD));
  return telling.filter((fault) => !dropped.has(fault)).toSorted((a, b) => a.at - b.at);
}

function lasts(fault: Fault): boolean {
  return 'for' in fault || fault.kind === 'clock' || fault.kind === 'crash';
}

/** Until when a fault explains anything. */
function endOf(fault: Fault, faults: readonly Fault[]): Micros {
  if ('for' in fault) return fault.at + fault.for;
  if (fault.kind === 'clock') return Number.POSITIVE_INFINITY;
  if (fault.kind !== 'crash') return fault.at + AFTERMATH;
  // A crash lasts until all of its hosts were started again.
  const restarts = fault.hosts.map((host) => restartOf(host, fault.at, faults));
  return Math.max(...restarts);
}

function restartOf(host: string, after: Micros, faults: readonly Fault[]): Micros {
  const restarts = faults.filter((other) => other.kind === 'restart' && other.at > after && other.hosts.includes(host));
  return Math.min(Number.POSITIVE_INFINITY, ...restarts.map((restart) => restart.at));
}

/** One fault as a sentence without its full stop, beginning with its time. */
export function faultInWords(fault: Fault): string {
  const until = 'for' in fault ? ` until ${timeInWords(fault.at + fault.for)}` : '';
  return `${timeInWords(fault.at)}: ${deedInWords(fault)}${until}`;
}

/** What a fault does, without its time. */
export function deedInWords(fault: Fault): string {
  switch (fault.kind) {
    case 'crash':
      return `${names(fault.hosts)} ${verb(fault.hosts, 'crash', 'crashes')}`;
    case 'restart':
      return `${names(fault.hosts)} ${verb(fault.hosts, 'restart', 'restarts')} ${fault.keepStore ? 'with' : 'without'} stored state${fault.newAddress ? ' at a new address' : ''}`;
    case 'pause':
      return fault.mode === 'freeze'
        ? `${names(fault.hosts)} ${verb(fault.hosts, 'freeze', 'freezes')}, timers included`
        : `${names(fault.hosts)} ${verb(fault.hosts, 'hear and say', 'hears and says')} nothing while timers run`;
    case 'slow':
      return `${names(fault.hosts)} ${verb(fault.hosts, 'need', 'needs')} ${durationInWords(fault.perMessage)} of CPU per message`;
    case 'clock':
      return `the clock of ${names(fault.hosts)} ${clockInWords(fault.jumpMs, fault.driftPpm)}`;
    case 'partition':
      return `${ofKind(fault.only)} cut between ${fault.groups.map((group) => `{${names(group)}}`).join(' and ')}`;
    case 'block':
      return `${ofKind(fault.only)} from ${names(fault.from)} to ${names(fault.to)} lost`;
    case 'link':
      return `links from ${names(fault.from)} to ${names(fault.to)} suffer ${harmInWords(fault)}`;
    case 'stream':
      return `streams of ${names(fault.hosts)}: ${fault.effect}`;
    case 'service': {
      const argument = fault.argument === undefined ? '' : ` (${shortened(JSON.stringify(fault.argument))})`;
      return `${names(fault.hosts)} ${verb(fault.hosts, 'suffer', 'suffers')} ${fault.effect}${argument}`;
    }
    case 'command': {
      const argument = fault.argument === undefined ? '' : ` (${shortened(JSON.stringify(fault.argument))})`;
      return `${names(fault.hosts)} told to ${fault.command}${argument}`;
    }
  }
}

function clockInWords(jumpMs: number, driftPpm: number): string {
  const deeds = [
    jumpMs === 0 ? [] : [`jumps by ${jumpMs} ms`],
    driftPpm === 0 && jumpMs !== 0 ? [] : [`drifts by ${driftPpm} ppm`],
  ];
  return deeds.flat().join(' and ');
}

function verb(hosts: readonly string[], ofMany: string, ofOne: string): string {
  return hosts.length === 1 ? ofOne : ofMany;
}

/** Few names are listed; many are counted, so that a sentence stays one. */
export function names(hosts: readonly string[] | undefined): string {
  if (hosts === undefined) return 'everybody';
  if (hosts.length <= 5) return hosts.join(', ');
  return `${hosts.slice(0, 3).join(', ')} and ${hosts.length - 3} more`;
}

function shortened(text: string): string {
  return text.length <= 40 ? text : `${text.slice(0, 39)}…`;
}

function ofKind(only: 'datagram' | 'stream' | undefined): string {
  return only === undefined ? 'everything' : `${only}s`;
}

const HARMS: readonly [keyof LinkHarm, (harm: LinkHarm) => string][] = [
  ['loss', ({ loss }) => `${percent(loss!)} loss`],
  ['burst', ({ burst }) => `bursts of ${percent(burst!.loss)} loss`],
  ['duplicate', ({ duplicate }) => `${percent(duplicate!)} duplication`],
  ['reorder', ({ reorder }) => `${percent(reorder!.chance)} reordering by up to ${durationInWords(reorder!.by)}`],
  ['corrupt', ({ corrupt }) => `${percent(corrupt!)} corruption`],
  ['truncate', ({ truncate }) => `${percent(truncate!)} truncation`],
  ['delay', ({ delay }) => `${durationInWords(delay!)} of delay`],
  ['bytesPerSecond', ({ bytesPerSecond }) => `a limit of ${bytesPerSecond} bytes per second`],
];

function harmInWords(harm: LinkHarm): string {
  const said = HARMS.filter(([key]) => harm[key] !== undefined).map(([, words]) => words(harm));
  return said.join(', ') || 'nothing';
}

function percent([numerator, denominator]: Ratio): string {
  return `${Number(((numerator / denominator) * 100).toPrecision(3))} %`;
}
