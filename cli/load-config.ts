import { readConfig, type ConfigInput, type ConfigResult } from '../core/config/read.ts';
import { configFile } from '../transports/config-file.ts';
import { givenFlags } from './node-flags.ts';

export interface Loaded {
  readonly result: ConfigResult;
  /** Undefined without `--config`. */
  readonly file: ConfigInput['file'];
}

/** Reads what a node is told by flags, environment and file. `options` is what commander hands to the action. */
export async function loadConfig(options: Readonly<Record<string, unknown>>): Promise<Loaded> {
  const { config } = options;
  const file = typeof config === 'string' ? await configFile(config) : undefined;
  const input = { environment: process.env, flags: givenFlags(options) };
  return { result: readConfig(file === undefined ? input : { ...input, file }), file };
}
