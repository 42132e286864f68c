import type { Clock, Micros } from '../core/ports/clock.ts';

/** What comes from `source`, and `undefined` whenever nothing has come for so long. */
export async function* orAfter<T>(
  source: AsyncIterator<T>,
  clock: Clock,
  patience: Micros,
): AsyncGenerator<T | undefined, void, undefined> {
  for (let coming: Promise<IteratorResult<T>> | undefined; ;) {
    coming ??= source.next();
    // It may fail while the one before is looked at; it is awaited after that.
    coming.catch(() => {});
    const next = await firstOf(coming, clock, patience);
    if (next?.done === true) return;
    if (next !== undefined) coming = undefined;
    yield next?.value;
  }
}

async function firstOf<T>(coming: Promise<T>, clock: Clock, patience: Micros): Promise<T | undefined> {
  let stop = (): void => {};
  const late = new Promise<undefined>((resolve) => {
    const timer = clock.after(patience, () => resolve(undefined));
    stop = () => clock.cancel(timer);
  });
  try {
    return await Promise.race([coming, late]);
  } finally {
    stop();
  }
}
