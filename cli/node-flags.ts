import { Option, type Command } from 'commander';
import type { ConfigFlag } from '../core/config/layers.ts';

interface NodeFlag {
  readonly name: string;
  readonly argument: string;
  /** The key that it sets. */
  readonly path: string;
  readonly says: string;
  /** May be given several times: as a list, or as a table of `key=value`. */
  readonly many?: 'list' | 'table';
}

/** What is most often told on the command line; everything else has its key in the file and its variable. */
const NODE_FLAGS: readonly NodeFlag[] = [
  {
    name: '--join',
    argument: '<address>',
    path: 'cluster.discovery.seed_nodes',
    says: 'a node to join through, e.g. 10.0.0.7:7946, or where to ask, e.g. srv:_x._tcp.example.org; may be repeated',
    many: 'list',
  },
  { name: '--node-id', argument: '<name>', path: 'cluster.node_id', says: 'the name of this node' },
  {
    name: '--bind',
    argument: '<address>',
    path: 'cluster.network.swim_bind',
    says: 'where to listen for other nodes (0.0.0.0:7946)',
  },
  {
    name: '--advertise',
    argument: '<address>',
    path: 'cluster.network.advertise_addr',
    says: 'what other nodes are told, with or without a port',
  },
  {
    name: '--admin',
    argument: '<address>',
    path: 'admin.bind',
    says: 'where to serve health, metrics and commands (127.0.0.1:50051)',
  },
  { name: '--data-dir', argument: '<folder>', path: 'cluster.data_dir', says: 'where to remember members and keys' },
  { name: '--label', argument: '<text>', path: 'cluster.label', says: 'keeps clusters that share a network apart' },
  {
    name: '--tag',
    argument: '<key=value>',
    path: 'cluster.tags',
    says: 'what every member sees of this node; may be repeated',
    many: 'table',
  },
  { name: '--log-level', argument: '<level>', path: 'log.level', says: 'debug, info, warn or error (info)' },
];

/** Gives a command all flags of a node, `--config` included. */
export function addNodeFlags(command: Command): Command {
  command.option('--config <file>', 'a configuration file in TOML');
  for (const { name, argument, says, many } of NODE_FLAGS) {
    const option = new Option(`${name} ${argument}`, says);
    if (many !== undefined)
      option.argParser((value: string, before: string[] | undefined) => [...(before ?? []), value]);
    command.addOption(option);
  }
  return command;
}

/** What is no `key=value` stays as it is: it is refused together with all else that is wrong. */
function asTable(pairs: readonly string[]): unknown {
  const wrong = pairs.filter((pair) => pair.indexOf('=') < 1);
  if (wrong.length > 0) return wrong;
  return Object.fromEntries(pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]));
}

/** The flags that were given, for `readConfig`. `options` is what commander hands to the action. */
export function givenFlags(options: Readonly<Record<string, unknown>>): ConfigFlag[] {
  return NODE_FLAGS.flatMap(({ name, path, many }) => {
    const value = options[new Option(name).attributeName()];
    if (value === undefined) return [];
    return [{ flag: name, path, value: many === 'table' ? asTable(value as readonly string[]) : value }];
  });
}
