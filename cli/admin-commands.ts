import { Option, type Command } from 'commander';
import type { KeyChange } from './commands/keys.ts';
import type { Given } from './options.ts';
import type { Terminal } from './terminal.ts';

/** The commands that ask a running node. What they need is imported when they run. */
export function addAdminCommands(program: Command): void {
  adminCommand(program, 'members', 'list the members of a running cluster, as one node sees them')
    .option('--state <states>', 'only members in these states: alive, suspect, dead, left')
    .option('--watch', 'again whenever something happens')
    .action(async (options: Given) => {
      const { membersCommand } = await import('./commands/members.ts');
      await run((terminal) => membersCommand(options, terminal));
    });

  adminCommand(program, 'info', 'tell what a node says of itself').action(async (options: Given) => {
    const { infoCommand } = await import('./commands/info.ts');
    await run((terminal) => infoCommand(options, terminal));
  });

  adminCommand(
    program,
    'discovery',
    'tell where a node looks for others, whom it found, and where it is entered',
  ).action(async (options: Given) => {
    const { discoveryCommand } = await import('./commands/discovery.ts');
    await run((terminal) => discoveryCommand(options, terminal));
  });

  adminCommand(program, 'monitor', 'tell what happens to members, as it happens').action(async (options: Given) => {
    const { monitorCommand } = await import('./commands/monitor.ts');
    await run((terminal) => monitorCommand(options, terminal));
  });

  adminCommand(program, 'leave', 'let a node say goodbye and end').action(async (options: Given) => {
    const { leaveCommand } = await import('./commands/leave.ts');
    await run((terminal) => leaveCommand(options, terminal));
  });

  adminCommand(program, 'force-leave', 'let a dead member count as having left, everywhere')
    .argument('<name>', 'the name of the dead member')
    .action(async (name: string, options: Given) => {
      const { forceLeaveCommand } = await import('./commands/leave.ts');
      await run((terminal) => forceLeaveCommand(name, options, terminal));
    });

  addKeysCommands(program.command('keys').description('list and change the keys of one node'));
}

const KEY_CHANGES: readonly (readonly [KeyChange, string])[] = [
  ['install', 'add a key that opens what others seal'],
  ['use', 'seal with an installed key from now on'],
  ['remove', 'take out a key that no node seals with any more'],
];

function addKeysCommands(keys: Command): void {
  keys
    .command('generate')
    .description('print a fresh key')
    .addOption(jsonOption())
    .action(async (options: Given) => {
      const { generateKey } = await import('./commands/keys.ts');
      const key = generateKey();
      process.stdout.write(`${options['json'] === true ? JSON.stringify({ key }) : key}\n`);
    });

  adminCommand(keys, 'list', 'list the keys of a node by fingerprint').action(async (options: Given) => {
    const { listKeysCommand } = await import('./commands/keys.ts');
    await run((terminal) => listKeysCommand(options, terminal));
  });

  for (const [change, description] of KEY_CHANGES) {
    const forms = change === 'install' ? 'base64' : 'base64 or a fingerprint';
    adminCommand(keys, change, description)
      .argument('<key>', `${forms}; - reads it from standard input`)
      .action(async (key: string, options: Given) => {
        const { changeKeysCommand } = await import('./commands/keys.ts');
        await run((terminal) => changeKeysCommand(change, key, options, terminal));
      });
  }
  keys.addHelpText('after', '\nRotation: install on every node, then use on every node, then remove on every node.');
}

function adminCommand(parent: Command, name: string, description: string): Command {
  return parent
    .command(name)
    .description(description)
    .option('--admin <address>', 'admin address of the node (ROLLCALL_ADMIN_BIND, or 127.0.0.1:50051)')
    .option('--token <token>', 'bearer token for changes (ROLLCALL_ADMIN_TOKEN)')
    .option('--token-file <path>', 'a file that holds the token (ROLLCALL_ADMIN_TOKEN_FILE)')
    .option('--ca <path>', 'PEM: whose signature to believe when --admin is an https URL')
    .option('--cert <path>', 'PEM: the certificate to show to it')
    .option('--key <path>', "PEM: the certificate's key")
    .addOption(jsonOption());
}

function jsonOption(): Option {
  return new Option('--json', 'print JSON');
}

async function run(command: (terminal: Terminal) => Promise<number>): Promise<void> {
  const { onTerminal } = await import('./terminal.ts');
  const { nodeHttpClient } = await import('../transports/http/client.ts');
  process.exitCode = await onTerminal(nodeHttpClient, command);
}
