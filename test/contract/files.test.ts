import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, vi } from 'vitest';
import { nodeFiles } from '../../transports/files.ts';
import { filesContract } from './files.contract.ts';

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
