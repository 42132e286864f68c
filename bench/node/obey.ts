import type { Command, Reply } from './messages.ts';

/** Makes this a process that does what its parent asks, one command after the other, and ends with it. */
export function obey(commands: Readonly<Record<string, (argument: never) => unknown>>): void {
  process.on('message', async ({ id, name, argument }: Command) => {
    try {
      const result = await commands[name]!(argument as never);
      process.send!({ id, result } satisfies Reply);
    } catch (error) {
      process.send!({ id, error: error instanceof Error ? String(error.stack) : String(error) } satisfies Reply);
    }
  });
  process.once('disconnect', () => process.exit());
  // Ctrl-C reaches the whole group: the parent decides when we end.
  process.on('SIGINT', () => {});
}
