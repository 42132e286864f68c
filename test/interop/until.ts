import { setTimeout as sleep } from 'node:timers/promises';

const PAUSE_MS = 50;

/** Waits until `holds`, asking again and again; throws when it does not within the bound. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  boundMs: number,
  saw: () => unknown = () => '',
): Promise<void> {
  const end = performance.now() + boundMs;
  let failure: unknown;
  for (;;) {
    try {
      failure = undefined;
      if (await holds()) return;
    } catch (error) {
      failure = error;
    }
    if (performance.now() > end) {
      throw new Error(`Waited ${boundMs} ms for ${what}. ${String(await saw())}`, { cause: failure });
    }
    await sleep(PAUSE_MS);
  }
}
