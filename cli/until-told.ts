import { constants } from 'node:os';

/** Waits for SIGINT or SIGTERM. A second one ends the process at once: somebody is tired of waiting for what follows. */
export function untilTold(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let told = false;
    const hear = (signal: NodeJS.Signals): void => {
      if (told) process.exit(128 + constants.signals[signal]);
      told = true;
      resolve(signal);
    };
    process.on('SIGINT', hear);
    process.on('SIGTERM', hear);
  });
}
