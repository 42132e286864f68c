import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Registration } from '../../core/discovery/registration.ts';
import { documentSource } from '../../core/discovery/registry/document-source.ts';
import { registrySource } from '../../core/discovery/registry/registry-source.ts';
import { signRegistry } from '../../core/discovery/signed/signed-registry.ts';
import { SourceFailed, type Ask, type Found, type Source } from '../../core/discovery/source.ts';
import type { HttpHandler, HttpRequest } from '../../core/ports/http.ts';
import { silentLog } from '../../core/ports/log.ts';
import { toBase64 } from '../../core/base64.ts';
import type { Fault } from '../../simulator/faults/fault.ts';
import { simulatedHttpClient } from '../../simulator/http/client.ts';
import { serviceProgram } from '../../simulator/services/fake-service.ts';
import { createRegistry } from '../../simulator/services/registry/registry.ts';
import { simulatedFiles } from '../../simulator/sim-files.ts';
import { playedWorld, type PlayedWorld } from '../contract/played-world.ts';
import { self } from '../contract/registry.contract.ts';
import { patient } from './asking.ts';
import { testPorts } from './file-ports.ts';

const SECOND = 1_000_000;
const ACCESS = { token: '', tokenFile: '', caFile: '', certFile: '', keyFile: '' };
const short: Ask = { ...patient, deadlineMs: 2_000 };

interface RegistryWorld extends PlayedWorld {
  source(host: string): Source;
}

async function registryWorld(faults: readonly Fault[], ttlMs = 6_000): Promise<RegistryWorld> {
  const registry = serviceProgram(80, (ports) => createRegistry(ports, { ttlMs }));
  const played = await playedWorld({ registry, a: undefined, b: undefined }, faults);
  return {
    ...played,
    source(name) {
      const host = played.host(name);
      const { clock, random, crypto } = host;
      const client = simulatedHttpClient(host);
      const ports = testPorts({ clock, random, crypto, files: simulatedFiles(host), http: () => client });
      const options = { ...ACCESS, url: 'http://registry/', register: true, ttlMs, refreshIntervalMs: 30_000 };
      return registrySource(options, ports, { label: '', dataDir: '' });
    },
  };
}

const service = (effect: string, argument?: unknown): Fault => ({
  id: effect,
  at: 10 * SECOND,
  kind: 'service',
  hosts: ['registry'],
  effect,
  argument,
  for: 10 * SECOND,
});

describe('a registry in trouble', () => {
  test.each([
    ['refuses', service('http-status', { status: 503, retryAfter: 7, body: 'busy' }), /503: busy/],
    ['is slow', service('http-slow', { ms: 60_000 }), /no answer within 2000 ms/],
    ['breaks off in the middle', service('http-cut', { bytes: 20 }), /broke off/],
    ['stops in the middle', service('http-stall', { bytes: 20 }), /no further byte/],
    ['answers a page of a proxy', service('http-status', { status: 200, body: '<html>' }), /no JSON/],
    ['answers other JSON', service('http-status', { status: 200, body: '{"ok":true}' }), /no list of entries/],
  ])('that %s has failed, and has not named nobody', async (_, fault, words) => {
    const { source, pause } = await registryWorld([fault]);
    const lease = await source('a').register!(self('a', '10.0.0.1:7946'), patient);
    await pause(10_100);
    const error = await source('b')
      .discover(short)
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SourceFailed);
    expect((error as Error).message).toMatch(words);
    if (fault.id === 'http-status' && words.test('503: busy')) expect(error).toMatchObject({ retryAfterMs: 7_000 });
    await pause(10_000);
    expect(await lease.keep(patient)).toBe(false);
    await source('a').register!(self('a', '10.0.0.1:7946'), patient);
    expect((await source('b').discover(short)).candidates).toHaveLength(1);
  });

  test('that restarts ends what is watched, and the next sitting takes nobody away before all are back', async () => {
    const restart: Fault = {
      id: 'r',
      at: 130 * SECOND,
      kind: 'restart',
      hosts: ['registry'],
      keepStore: true,
      newAddress: false,
    };
    const { source, pause } = await registryWorld([restart], 120_000);
    await pause(125_000);
    await source('a').register!(self('a', '10.0.0.1:7946'), patient);
    const heard: Found[] = [];
    const end = new AbortController();
    const watch = (): Promise<unknown> =>
      source('b').watch!({ found: (one) => heard.push(one) }, end.signal).catch((reason: unknown) => reason);
    // Nobody tells the other end of a connection that its host has restarted: silence does.
    expect(String(await watch())).toContain('45000 ms');
    expect(heard.at(-1)).toMatchObject({ candidates: [{ id: 'a' }], complete: true });
    expect(String(await watch())).toContain('began a short while ago');
    await source('a').register!(self('a', '10.0.0.1:7946'), patient);
    const watching = watch();
    await pause(500);
    expect(heard.at(-1)).toMatchObject({ candidates: [{ id: 'a' }], complete: false });
    await pause(90_000);
    expect(heard.at(-1)).toMatchObject({ candidates: [{ id: 'a' }], complete: true });
    end.abort();
    expect(await watching).toBeUndefined();
  });

  test('that is quiet is known to live, and a line that is dead is given up', async () => {
    const { source, pause } = await registryWorld([
      { id: 'p', at: 60 * SECOND, kind: 'partition', groups: [['registry'], ['a', 'b']], for: 600 * SECOND },
    ]);
    await source('a').register!(self('a', '10.0.0.1:7946', {}), patient);
    await pause(10_000);
    const heard: Found[] = [];
    const watching = source('b').watch!({ found: (one) => heard.push(one) }, new AbortController().signal).catch(
      (reason: unknown) => reason,
    );
    await pause(46_000);
    expect(heard.length).toBeGreaterThanOrEqual(4);
    const [ended] = await Promise.all([watching, pause(120_000)]);
    expect(ended).toBeInstanceOf(SourceFailed);
  });

  test('a registration survives whatever happens to the registry in between', async () => {
    const kinds = fc.constantFrom(
      'restart',
      'crash',
      'http-status',
      'http-stall',
      'http-cut',
      'registry-restarts',
      'partition',
      'pause',
    );
    const trouble = fc.record({
      kind: kinds,
      at: fc.integer({ min: 0, max: 60_000 }),
      for: fc.integer({ min: 1, max: 20_000 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(trouble, { maxLength: 6 }), async (troubles) => {
        const faults = troubles.flatMap(faultsOf);
        const { source, host, pause } = await registryWorld(faults);
        const { clock, random } = host('a');
        const deps = { clock, random, log: silentLog, deadlineMs: 2_000, self: () => self('a', '10.0.0.1:7946') };
        const registration = new Registration(source('a') as never, deps);
        registration.begin();
        // All faults are over after 80 s; the longest rest between two attempts is 30 s.
        await pause(125_000);
        expect(registration.state).toBe('active');
        expect((await source('b').discover(patient)).candidates).toEqual([{ id: 'a', address: '10.0.0.1:7946' }]);
        registration.drop();
      }),
      { numRuns: 5, seed: 1 },
    );
  });
});

function faultsOf(trouble: { kind: string; at: number; for: number }, index: number): Fault[] {
  const base = { id: `t${index}`, at: trouble.at * 1_000 };
  const lasting = trouble.for * 1_000;
  const hosts = ['registry'];
  if (trouble.kind === 'restart') return [{ ...base, kind: 'restart', hosts, keepStore: true, newAddress: false }];
  if (trouble.kind === 'pause') return [{ ...base, kind: 'pause', hosts, mode: 'freeze', for: lasting }];
  if (trouble.kind === 'partition') return [{ ...base, kind: 'partition', groups: [hosts, ['a', 'b']], for: lasting }];
  if (trouble.kind === 'crash') {
    const again = { id: `u${index}`, at: base.at + lasting };
    return [
      { ...base, kind: 'crash', hosts },
      { ...again, kind: 'restart', hosts, keepStore: true, newAddress: false },
    ];
  }
  return [{ ...base, kind: 'service', hosts, effect: trouble.kind, argument: { status: 503, bytes: 3 }, for: lasting }];
}

describe('a registry that is a file on a web server', () => {
  async function webServer(
    handler: HttpHandler,
    publicKeys: readonly string[] = [],
  ): Promise<PlayedWorld & { source: Source }> {
    const service = serviceProgram(80, () => ({ handler, effects: [] }));
    const played = await playedWorld({ web: service, a: undefined });
    const host = played.host('a');
    const { clock, random, crypto } = host;
    const client = simulatedHttpClient(host);
    const files = simulatedFiles(host);
    await files.write('/token', new TextEncoder().encode('secret\n'));
    const ports = testPorts({ clock, random, crypto, files, http: () => client });
    const options = {
      ...ACCESS,
      tokenFile: '/token',
      url: 'http://web/peers.json',
      refreshIntervalMs: 30_000,
      maxAgeMs: 0,
      publicKeys,
    };
    return { ...played, source: documentSource(options, ports, { label: '', dataDir: '/data' }) };
  }

  test('is read once, and then asked whether it has changed', async () => {
    const asked: (string | undefined)[] = [];
    const { source } = await webServer(({ headers }: HttpRequest) => {
      asked.push(headers['if-none-match']);
      expect(headers['authorization']).toBe('Bearer secret');
      if (headers['if-none-match'] === '"1"') return { status: 304, headers: {}, body: '' };
      return { status: 200, headers: { etag: '"1"' }, body: '[{"id":"a","address":"10.0.0.1:7946"}]' };
    });
    for (let turn = 0; turn < 3; turn++) expect((await source.discover(patient)).candidates).toHaveLength(1);
    expect(await source.lookup!('a', patient)).toMatchObject({ address: '10.0.0.1:7946' });
    expect(asked).toEqual([undefined, '"1"', '"1"', '"1"']);
    expect(source.register ?? source.watch).toBeUndefined();
  });

  test.each([404, 301, 500])('status %d is no empty list', async (status) => {
    const { source } = await webServer(() => ({ status, headers: {}, body: '[]' }));
    await expect(source.discover(patient)).rejects.toThrow(`status ${status}`);
  });

  test('that is signed expires, and is not rolled back, although the server says that nothing has changed', async () => {
    const seed = new Uint8Array(32).fill(5);
    let served = '';
    let etag = '"1"';
    const played = await playedWorld({ x: undefined });
    const { clock, crypto } = played.host('x');
    const edition = (seq: number): string =>
      JSON.stringify(
        signRegistry(
          {
            cluster: '',
            seq,
            issuedAt: clock.wallTime(),
            expiresAt: clock.wallTime() + 60_000,
            entries: [{ address: '10.0.0.1' }],
          },
          seed,
          crypto,
        ),
      );
    served = edition(2);
    const { source, pause } = await webServer(
      ({ headers }) =>
        headers['if-none-match'] === etag
          ? { status: 304, headers: {}, body: '' }
          : { status: 200, headers: { etag }, body: served },
      [toBase64(crypto.publicKey(seed))],
    );
    expect((await source.discover(patient)).candidates).toHaveLength(1);
    [served, etag] = [edition(1), '"2"'];
    await expect(source.discover(patient)).rejects.toThrow(/edition 1, older than edition 2/);
    [served, etag] = [edition(2), '"3"'];
    expect((await source.discover(patient)).candidates).toHaveLength(1);
    await pause(60_100);
    await expect(source.discover(patient)).rejects.toThrow(/expired/);
  });
});
