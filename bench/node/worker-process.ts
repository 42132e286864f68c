import { fork, type ChildProcess } from 'node:child_process';
import { endWithUs } from './children.ts';
import type { Command, Reply } from './messages.ts';

interface Asked {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** A worker as its parent sees it. */
export class WorkerProcess {
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #asked = new Map<number, Asked>();
  #commands = 0;

  constructor(script: string) {
    this.#child = fork(script, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], execArgv: [] });
    endWithUs(this.#child);
    this.pid = this.#child.pid ?? -1;
    this.#child.on('message', (reply: Reply) => {
      const asked = this.#asked.get(reply.id);
      this.#asked.delete(reply.id);
      if ('error' in reply) asked?.reject(new Error(reply.error));
      else asked?.resolve(reply.result);
    });
    this.#child.once('exit', (code, signal) => {
      const error = new Error(`the worker ${this.pid} ended (${signal ?? code}) before it answered`);
      for (const { reject } of this.#asked.values()) reject(error);
      this.#asked.clear();
    });
  }

  ask<R>(name: string, argument: unknown): Promise<R> {
    const id = (this.#commands += 1);
    return new Promise((resolve, reject) => {
      this.#asked.set(id, { resolve: resolve as (result: unknown) => void, reject });
      this.#child.send({ id, name, argument } satisfies Command);
    });
  }

  /** Ends it at once, as `kill -9` does; resolves when it is gone. What was asked is not answered any more. */
  kill(): Promise<void> {
    const child = this.#child;
    this.#asked.clear();
    if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
    return new Promise((resolve) => {
      child.once('exit', () => resolve());
      child.kill('SIGKILL');
    });
  }
}
