import { join } from 'node:path';
import type { SourceTree } from './source-copy.ts';

/** What this project's mutants are made of. */
export const ROLLCALL: SourceTree = {
  root: join(import.meta.dirname, '..', '..', '..'),
  parts: ['core', 'simulator', 'scenarios', 'test/mutants/machinery', 'package.json'],
  entry: 'test/mutants/machinery/builtin-player.ts',
};
