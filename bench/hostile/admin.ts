import type { Address } from '../../core/ports/transport.ts';

/** Why not, or undefined when a node is ready and thinks that its cluster is healthy. */
export async function trouble(admin: Address): Promise<string | undefined> {
  const ready = await fetch(`http://${admin}/readyz`);
  if (ready.status !== 200) return `readyz ${ready.status}`;
  const { status } = (await (await fetch(`http://${admin}/cluster/health`)).json()) as { status: string };
  return status === 'healthy' ? undefined : `health ${status}`;
}

/** By reason, what a node dropped between two scrapes. */
export function droppedBetween(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): (readonly [reason: string, count: number])[] {
  return [...after].flatMap(([name, value]) => {
    const reason = /^rollcall_dropped_total\{reason="(.*)"\}$/.exec(name)?.[1];
    const count = value - (before.get(name) ?? 0);
    return reason === undefined || count === 0 ? [] : [[reason, count] as const];
  });
}
