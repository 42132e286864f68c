import { InvalidArgumentError, Option, type Command } from 'commander';
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
    says: 'a node to join through, e.g. 10.0.0.7:7946; may be repeated',
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
    if (many === 'list') option.argParser((value: string, before: string[] | undefined) => [...(before ?? []), value]);
    if (many === 'table') option.argParser(withPair);
    command.addOption(option);
  }
  return command;
}

function withPair(pair: string, before: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const [, key, value = ''] = /^([^=]+)=([^]*)$/.exec(pair) ?? [];
  if (key === undefined) throw new InvalidArgumentError(`Write a key and a value, such as --tag role=db.`);
  return { ...before, [key]: value };
}

/** The flags that were given, for `readConfig`. `options` is what commander hands to the action. */
export function givenFlags(options: Readonly<Record<string, unknown>>): ConfigFlag[] {
  return NODE_FLAGS.flatMap(({ name, path }) => {
    const value = options[new Option(name).attributeName()];
    return value === undefined ? [] : [{ flag: name, path, value }];
  });
}
