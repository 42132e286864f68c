import type { ConfigTable } from '../core/config/layers.ts';
import { readConfig, type ConfigInput } from '../core/config/read.ts';
import { configFile } from './config-file.ts';
import { createNode, type Node, type NodeOptions } from './node.ts';

export interface StartNodeOptions extends NodeOptions {
  /** Tables of your own in the same file. */
  readonly foreignTables?: readonly string[];
}

/**
 * Starts a node from a configuration file, which `ROLLCALL_` variables override, or from the same keys as an object, which
 * nothing overrides. Resolves when it has looked for its cluster once.
 */
export async function startNode(settings: string | ConfigTable, options: StartNodeOptions = {}): Promise<Node> {
  const { foreignTables = [] } = options;
  const input: ConfigInput =
    typeof settings === 'string'
      ? {
          file: await configFile(settings),
          environment: options.environment ?? process.env,
          foreignTables,
        }
      : { values: settings, environment: {}, foreignTables };
  const node = await createNode(readConfig(input).config, options);
  await node.begin();
  return node;
}
