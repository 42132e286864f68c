import { crewCommands } from './crew-worker.ts';
import { drillCommands } from './drill-worker.ts';
import type { Command, Reply } from './messages.ts';
import { productionCommands } from './production-worker.ts';

/** A process that does what its parent asks, one command after the other, and ends with it. */
const COMMANDS: Readonly<Record<string, (argument: never) => unknown>> = {
  ...crewCommands(),
  ...drillCommands(),
  ...productionCommands(),
};

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
