import { AsyncLocalStorage } from 'node:async_hooks';
import { syncBuiltinESMExports } from 'node:module';
import { ambientSources } from './ambient-sources.ts';
import { AmbientNondeterminism } from './errors.ts';

/** What was caught while one world ran. */
export interface Watch {
  readonly caught: AmbientNondeterminism[];
  /** Rejections that no program handled: errors that would otherwise vanish. */
  readonly rejected: unknown[];
}

/**
 * Marks everything that a world calls, its promises included. The stand-ins let all other code of the process pass,
 * so they may stay in place while a world awaits its turn and the test runner next door sets its timers.
 */
const insideWorld = new AsyncLocalStorage<Watch>();

// Taken at import, before anything stands in for it.
const realSetImmediate = setImmediate;

let installed = 0;
let restoreAll: () => void = () => {};

/**
 * Puts the stand-ins in place of every ambient source of time, chance and input; returns what takes them away again.
 * Calls nest. Code that keeps `const now = Date.now` at import is watched only when it was imported after this.
 */
export function installGuards(): () => void {
  if (installed === 0) restoreAll = replaceSources();
  installed += 1;
  let released = false;
  return () => {
    if (released) return;
    released = true;
    installed -= 1;
    if (installed === 0) restoreAll();
  };
}

/** Runs a world under watch until its turn has ended. */
export async function underGuard<T>(run: () => Promise<T> | T, watch: Watch): Promise<T> {
  const release = installGuards();
  const onRejection = (reason: unknown) => {
    if (!(reason instanceof AmbientNondeterminism)) watch.rejected.push(reason);
  };
  process.on('unhandledRejection', onRejection);
  try {
    return await insideWorld.run(watch, run);
  } finally {
    // A promise that the program dropped settles in the microtasks of this turn: stay until they are done.
    await turn();
    process.off('unhandledRejection', onRejection);
    release();
  }
}

/** One macrotask: what a world awaits when a program of it has promises under way. */
export function turn(): Promise<void> {
  return new Promise((resolve) => void realSetImmediate(resolve));
}

function replaceSources(): () => void {
  const undo: (() => void)[] = [];
  for (const { owner, key, name, instead } of ambientSources()) {
    const original = Object.getOwnPropertyDescriptor(owner, key);
    const value = (owner as Record<string, unknown>)[key];
    if (typeof value !== 'function') continue;
    Object.defineProperty(owner, key, {
      configurable: true,
      writable: true,
      enumerable: original?.enumerable ?? false,
      value: watched(value, name, instead),
    });
    undo.push(() => {
      if (original === undefined) delete (owner as Record<string, unknown>)[key];
      else Object.defineProperty(owner, key, original);
    });
  }
  syncBuiltinESMExports();
  return () => {
    for (const restore of undo.toReversed()) restore();
    syncBuiltinESMExports();
  };
}

// `new Date(0)` is arithmetic; only a date without an argument asks for the time.
type Callable = (...given: unknown[]) => unknown;

function watched(original: object, name: string, instead: string): unknown {
  const isDate = original === globalThis.Date;
  return new Proxy(original as Callable & (new (...given: unknown[]) => object), {
    apply(target, self, given) {
      refuseInsideWorld(name, instead);
      return Reflect.apply(target, self, given);
    },
    construct(target, given, newTarget) {
      if (!isDate || given.length === 0) refuseInsideWorld(`new ${name}`, instead);
      return Reflect.construct(target, given, newTarget) as object;
    },
  });
}

function refuseInsideWorld(name: string, instead: string): void {
  const watch = insideWorld.getStore();
  if (watch === undefined) return;
  const error = new AmbientNondeterminism(name, instead);
  watch.caught.push(error);
  throw error;
}
