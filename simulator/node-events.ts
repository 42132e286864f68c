import type { DiscoveryEvent } from '../core/cluster/discovery.ts';
import type { LogLevel } from '../core/ports/log.ts';

/** What whole nodes tell a world, besides what their membership does. */
export type NodeEvent =
  /** A line that operators would read. */
  | { readonly type: 'log'; readonly level: LogLevel; readonly message: string }
  /** `about`: the id or the address of a candidate, the method of a source, or '' for the node itself. */
  | { readonly type: 'discovery'; readonly what: DiscoveryEvent['type']; readonly about: string }
  | { readonly type: 'start-failed'; readonly message: string };

export function logLine(level: LogLevel, message: string): NodeEvent {
  return { type: 'log', level, message };
}

export function startFailed(error: unknown): NodeEvent {
  return { type: 'start-failed', message: error instanceof Error ? error.message : String(error) };
}

export function discoveryEvent(event: DiscoveryEvent): NodeEvent {
  return { type: 'discovery', what: event.type, about: aboutOf(event) };
}

function aboutOf(event: DiscoveryEvent): string {
  if (event.type === 'alone') return '';
  if ('method' in event) return event.method;
  const { id, address } = event.candidate;
  return id ?? address;
}
