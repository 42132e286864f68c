/**
 * Runs what belongs to somebody else. What it throws is a bug: it surfaces as an uncaught exception in a turn of its
 * own, so that the socket's own state stays whole.
 */
export function guarded(run: () => void): void {
  try {
    run();
  } catch (error) {
    surface(error);
  }
}

export function surface(error: unknown): void {
  setImmediate(() => {
    throw error as Error;
  });
}
