import type { Command, Reply } from '../node/messages.ts';
import { fill } from './fill.ts';
import { flood } from './flood.ts';
import { nodeCommands } from './nodes.ts';
import { storm } from './storm.ts';

/** A process that does what its parent asks, and ends with it: nodes, or those who attack them. */
const COMMANDS: Readonly<Record<string, (argument: never) => unknown>> = { ...nodeCommands(), fill, flood, storm };

process.on('message', async ({ id, name, argument }: Command) => {
  try {
    const result = await COMMANDS[name]!(argument as never);
    process.send!({ id, result } satisfies Reply);
  } catch (error) {
    process.send!({ id, error: error instanceof Error ? String(error.stack) : String(error) } satisfies Reply);
  }
});
process.once('disconnect', () => process.exit());
// Ctrl-C reaches the whole group: the parent decides when we end.
process.on('SIGINT', () => {});
