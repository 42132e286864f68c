import { codeOf } from './counters.ts';

/** Tries at a port that is free for TCP and UDP both. */
const TRIES = 16;

interface Listening {
  listen(): Promise<number>;
  close(): Promise<void>;
}

/**
 * Listens, then binds datagrams to the same port. Where any port will do, one that turns out to be taken for datagrams is
 * given back and another one tried.
 */
export async function bindBoth<T>(
  streams: Listening,
  anyPort: boolean,
  bindDatagrams: (port: number) => Promise<T>,
): Promise<{ readonly port: number; readonly datagrams: T }> {
  for (let tries = 1; ; tries++) {
    const port = await streams.listen();
    try {
      return { port, datagrams: await bindDatagrams(port) };
    } catch (error) {
      await streams.close();
      if (!anyPort || tries === TRIES || codeOf(error) !== 'EADDRINUSE') throw error;
    }
  }
}
