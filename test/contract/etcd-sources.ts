import { expect } from 'vitest';
import { EtcdCalls } from '../../core/discovery/etcd/etcd-calls.ts';
import { EtcdClient } from '../../core/discovery/etcd/etcd-client.ts';
import { etcdSource, type EtcdSourceOptions } from '../../core/discovery/etcd/etcd-source.ts';
import type { Ask, Found, Self, Source } from '../../core/discovery/source.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { HttpClient } from '../../core/ports/http.ts';

/** A cluster that answers, wherever it runs. */
export interface EtcdUnderTest {
  /** `http://host:port` of each member. */
  readonly endpoints: readonly string[];
  readonly client: HttpClient;
  readonly clock: Clock;
  pause(ms: number): Promise<void>;
}

export type FullSource = Source & Required<Pick<Source, 'watch' | 'register' | 'lookup'>>;

export interface SourceMore extends Partial<EtcdSourceOptions> {
  readonly user?: string;
  readonly password?: string;
  readonly endpoints?: readonly string[];
}

export function sourceOn(
  { client, clock, endpoints }: EtcdUnderTest,
  prefix: string,
  more: SourceMore = {},
): FullSource {
  const access = { endpoints: more.endpoints ?? endpoints, user: more.user ?? '', password: more.password ?? '' };
  const etcd = new EtcdClient(new EtcdCalls(access, async () => client), clock);
  const options = { label: 'blue', leaseTtlSec: 60, refreshIntervalMs: 60_000, serializable: false, register: true };
  return etcdSource({ prefix, ...options, ...more }, etcd, clock) as FullSource;
}

export const ask = (deadlineMs = 10_000): Ask => ({ deadlineMs, signal: new AbortController().signal });

export function self(id: string, address: string, more: Partial<Self> = {}): Self {
  return { id, address, label: 'blue', tags: {}, admin: undefined, ...more };
}

export const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** A call to the gateway, past our client: what an operator does, or an answer in its bare shape. */
export async function gateway(
  { client }: EtcdUnderTest,
  endpoint: string,
  path: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ status: number; json: unknown }> {
  const url = `${endpoint}${path}`;
  const answer = await client.call({ method: 'POST', url, body: JSON.stringify(body), headers, deadlineMs: 8_000 });
  let text = '';
  for await (const chunk of answer.body) text += new TextDecoder().decode(chunk);
  return { status: answer.status, json: text.startsWith('{') ? (JSON.parse(text) as unknown) : text.trim() };
}

/** The first lines of a watch, each as JSON. */
export async function firstLines(
  { client, endpoints }: EtcdUnderTest,
  request: object,
  count: number,
): Promise<unknown[]> {
  const body = JSON.stringify({ create_request: request });
  const url = `${endpoints[0]}/v3/watch`;
  const answer = await client.call({ method: 'POST', url, body, deadlineMs: 5_000, idleMs: 5_000 });
  expect(answer.status).toBe(200);
  let text = '';
  for await (const chunk of answer.body) {
    text += new TextDecoder().decode(chunk);
    const lines = text.split('\n').slice(0, -1);
    if (lines.length >= count) return lines.map((line) => JSON.parse(line) as unknown);
  }
  return expect.fail(`the watch ended after ${JSON.stringify(text)}`);
}

/** Looks again and again until it holds, for a bounded time of the cluster's own. */
export async function eventually(
  { pause }: EtcdUnderTest,
  what: string,
  holds: () => boolean | Promise<boolean>,
  boundMs = 8_000,
): Promise<void> {
  const step = 25;
  for (let waited = 0; waited <= boundMs; waited += step) {
    if (await holds()) return;
    await pause(step);
  }
  expect.fail(`waited ${boundMs} ms for ${what}`);
}

/** One sitting, and what it told last. */
export class Sitting {
  last: Found | undefined;
  told = 0;
  /** Undefined until it has ended. */
  end: 'in order' | Error | undefined;
  readonly #giveUp = new AbortController();

  constructor(source: FullSource) {
    const found = (answer: Found): void => {
      this.last = answer;
      this.told += 1;
    };
    source.watch({ found }, this.#giveUp.signal).then(
      () => (this.end = 'in order'),
      (error: unknown) => (this.end = error as Error),
    );
  }

  get ids(): (string | undefined)[] {
    return (this.last?.candidates ?? []).map(({ id }) => id);
  }

  stop(): void {
    this.#giveUp.abort();
  }
}
