import type { NodeInfo } from '../core/health/cluster-health.ts';
import { layOut, type Column } from '../reports/table.ts';
import type { Style } from '../reports/index.ts';
import type { Terminal } from './terminal.ts';

const STATE_STYLES: Readonly<Record<NodeInfo['state'], Style>> = {
  alive: 'green',
  suspect: 'yellow',
  dead: 'red',
  left: 'dim',
};

export const STATES: readonly string[] = Object.keys(STATE_STYLES);

/**
 * Members as a table, and how many there are; of all states unless some were asked for. Fits the terminal: what weighs
 * least is left out first.
 */
export function memberTable(
  members: readonly NodeInfo[],
  { paint, width }: Pick<Terminal, 'paint' | 'width'>,
  asked: readonly string[] = [],
): string {
  const columns: Column<NodeInfo>[] = [
    { title: 'NAME', weight: 9, align: 'left', cell: ({ id }) => printable(id) },
    { title: 'ADDRESS', weight: 4, align: 'left', cell: ({ addr }) => addr },
    {
      title: 'STATE',
      weight: 5,
      align: 'left',
      cell: ({ state }) => state,
      paint: (text, { state }) => paint(STATE_STYLES[state], text),
    },
    { title: 'SEEN', weight: 3, align: 'right', cell: ({ last_seen }) => ago(last_seen) },
    { title: 'INCARNATION', weight: 1, align: 'right', cell: ({ incarnation }) => String(incarnation) },
    { title: 'TAGS', weight: 2, align: 'left', cell: ({ tags }) => printable(tagsOf(tags)) },
  ];
  const { lines, leftOut } = layOut(columns, inOrder(members), width);
  const hint = leftOut.length === 0 ? [] : [paint('dim', `No room for ${leftOut.join(', ')}: --json has all.`)];
  return [...lines, '', summaryOf(members, asked), ...hint, ''].join('\n');
}

/** Names and tags come from the network: what would steer a terminal is not printed. */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, '\uFFFD');
}

export function tagsOf(tags: Readonly<Record<string, string>>): string {
  return Object.entries(tags)
    .map(([key, value]) => `${key}=${value}`)
    .join(' ');
}

/** Seconds in the unit that people would use. */
export function ago(seconds: number | null): string {
  if (seconds === null) return '-';
  if (seconds < 120) return `${Math.floor(seconds)} s`;
  if (seconds < 7_200) return `${Math.floor(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.floor(seconds / 3_600)} h` : `${Math.floor(seconds / 86_400)} d`;
}

function summaryOf(members: readonly NodeInfo[], asked: readonly string[]): string {
  const counts = STATES.map((state) => [members.filter((member) => member.state === state).length, state] as const)
    .filter(([count]) => count > 0)
    .map(([count, state]) => `${count} ${state}`);
  if (counts.length > 0) return `${counts.join(', ')}.`;
  const words = asked.map((state) => (state === 'left' ? 'have left' : `are ${state}`));
  return ['No members', ...(words.length === 0 ? [] : [words.join(' or ')])].join(' ') + '.';
}

/** By their names. */
export function inOrder(members: readonly NodeInfo[]): readonly NodeInfo[] {
  return members.toSorted((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}
