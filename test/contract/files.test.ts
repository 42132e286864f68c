import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, vi } from 'vitest';
import { nodeFiles } from '../../transports/files.ts';
import { simulatedFiles, Disk } from '../../simulator/sim-files.ts';
import { filesContract } from './files.contract.ts';
import { bootedHosts } from './simulated.ts';

const folders: string[] = [];
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true })));

filesContract('nodeFiles', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-files-'));
  folders.push(folder);
  return {
    files: nodeFiles(),
    folder,
    remove: (path) => rmSync(path),
    until: (condition, withinMs) => vi.waitUntil(condition, { timeout: withinMs, interval: 2 }),
  };
});

for (const mounted of [false, true]) {
  filesContract(`simulatedFiles, on ${mounted ? 'the disk of others' : 'a disk of its own'}`, () => {
    const { world, hosts } = bootedHosts(['a']);
    const files = simulatedFiles(hosts['a']!, mounted ? { '/folder': new Disk() } : {});
    const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
    return {
      files,
      folder: '/folder',
      remove: (path) => void files.remove(path),
      async until(condition, withinMs) {
        const end = world.now() + withinMs * 1_000;
        while (!condition()) {
          if (world.now() >= end) throw new Error(`waited for ${withinMs} ms`);
          world.runUntil(world.now() + 1_000);
          await turn();
        }
      },
    };
  });
}
