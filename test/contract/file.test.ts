import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { fileSource } from '../../core/discovery/file/file-source.ts';
import type { Source } from '../../core/discovery/source.ts';
import type { Fault } from '../../simulator/faults/fault.ts';
import { Disk, FILE_EFFECTS, simulatedFiles } from '../../simulator/sim-files.ts';
import { nodeFiles } from '../../transports/files.ts';
import { patient } from '../discovery/asking.ts';
import { testPorts } from '../discovery/file-ports.ts';
import { fileContract } from './file.contract.ts';
import { playedWorld } from './played-world.ts';
import { self } from './registry.contract.ts';
import { bootedHosts } from './simulated.ts';

fileContract('the files of this machine', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-file-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return { files: nodeFiles(), folder };
});

fileContract('the files of a simulated host', () => {
  const { hosts } = bootedHosts(['a']);
  return { files: simulatedFiles(hosts['a']!), folder: '/etc/rollcall' };
});

describe('files in a simulated world that break', () => {
  const SECOND = 1_000_000;
  async function sharing(effect: (typeof FILE_EFFECTS)[number]): Promise<{
    source(name: string): Source;
    pause(ms: number): Promise<void>;
    disk: Disk;
  }> {
    const disk = new Disk();
    const fault: Fault = { id: 'f', at: 10 * SECOND, kind: 'service', hosts: ['b'], effect, for: 10 * SECOND };
    const idle = async (): Promise<{ effects: readonly string[] }> => ({ effects: FILE_EFFECTS });
    const { host, pause } = await playedWorld({ a: idle, b: idle }, [fault]);
    return {
      pause,
      disk,
      source(name) {
        const { clock, random, crypto } = host(name);
        const files = simulatedFiles(host(name), { '/shared': disk });
        const options = {
          paths: ['/shared/'],
          optional: false,
          refreshIntervalMs: 5_000,
          maxAgeMs: 0,
          registerPath: '/shared/',
          publicKeys: [],
        };
        return fileSource(options, testPorts({ clock, random, crypto, files }), { label: '', dataDir: '' });
      },
    };
  }

  test('an empty folder that is mounted names nobody: the first node may begin', async () => {
    const { source } = await sharing('files-torn');
    expect(await source('a').discover(patient)).toMatchObject({ candidates: [], nobody: 'the list is empty' });
  });

  test.each(['files-torn', 'files-missing', 'files-denied'] as const)(
    '%s: a failure while it lasts, then all is well',
    async (effect) => {
      const { source, pause } = await sharing(effect);
      await source('a').register!(self('a', '10.0.0.1:7946'), patient);
      const lease = await source('b').register!(self('b', '10.0.0.2:7946'), patient);
      await pause(11_000);
      await expect(source('b').discover(patient)).rejects.toMatchObject({ code: 'SOURCE_FAILED' });
      // Whoever reads the same files elsewhere is well.
      expect((await source('a').discover(patient)).candidates).toHaveLength(2);
      const kept = await lease.keep(patient).catch((error: { code: string }) => error.code);
      expect(kept).toBe(effect === 'files-missing' ? false : 'SOURCE_FAILED');
      await pause(10_000);
      expect((await source('b').discover(patient)).candidates).toHaveLength(2);
      expect(await lease.keep(patient)).toBe(true);
    },
  );

  test('a full disk fails the heartbeat, not the reading', async () => {
    const { source, pause } = await sharing('files-full');
    const lease = await source('b').register!(self('b', '10.0.0.2:7946'), patient);
    await pause(11_000);
    await expect(lease.keep(patient)).rejects.toThrow('no space is left');
    expect((await source('b').discover(patient)).candidates).toHaveLength(1);
  });

  test('a replica that lags shows an entry as it was before', async () => {
    const { source, pause, disk } = await sharing('files-rolled-back');
    const put = (address: string): boolean =>
      disk.write('/shared/a.json', new TextEncoder().encode(JSON.stringify({ id: 'a', address })));
    put('10.0.0.1:7946');
    put('10.0.0.2:7946');
    await pause(11_000);
    expect((await source('a').discover(patient)).candidates).toEqual([{ id: 'a', address: '10.0.0.2:7946' }]);
    expect((await source('b').discover(patient)).candidates).toEqual([{ id: 'a', address: '10.0.0.1:7946' }]);
  });
});
