import type { Command } from 'commander';
import type { Given } from './options.ts';

/** The server that nodes enter themselves in, and lists of peers that are signed. What they need is imported when they run. */
export function addRegistryCommands(program: Command, told: (error: unknown) => Promise<number>): void {
  const registry = program
    .command('registry')
    .description('serve a registry that nodes enter themselves in (`serve`, or no word at all), or sign lists of peers')
    .addHelpText(
      'after',
      '\nThe server and its options: rollcall registry serve --help' +
        '\n\nExample:\n  rollcall registry --bind 0.0.0.0 --token-file token --state registry.json',
    );

  registry
    .command('serve', { isDefault: true })
    .description('serve a registry that nodes enter themselves in')
    .option('--port <number>', 'where to listen (7950); 0 takes a free one')
    .option('--bind <ip>', 'on which address (127.0.0.1)')
    .option('--token-file <path>', 'a file that holds the bearer token which everybody must show')
    .option('--cert <path>', 'PEM: serves HTTPS')
    .option('--key <path>', "PEM: the certificate's key")
    .option('--ttl <time>', 'how long an entry lives without a heartbeat (30s)')
    .option('--state <path>', 'a file that keeps entries across restarts')
    .action(async (options: Given) => {
      const { registryCommand } = await import('./commands/registry.ts');
      process.exit(await registryCommand(options).catch(told));
    });

  registry
    .command('keygen')
    .description('make a private key for signing in a file of its own, and print the public one')
    .argument('<file>', 'where to write the private key; a file that exists is left alone')
    .action(async (file: string) => {
      const { keygenCommand } = await import('./commands/registry-signing.ts');
      process.exitCode = keygenCommand(file);
    });

  registry
    .command('sign')
    .description('sign a list of peers for nodes with `public_keys`')
    .argument('<file>', 'entries in JSON, signed before or not')
    .requiredOption('--key <path>', 'the private key that `keygen` has made')
    .option('--cluster <label>', 'the cluster.label of the nodes (as in --output, or none)')
    .option('--seq <number>', 'of this edition (one more than in --output, or the seconds since 1970)')
    .option('--expires <time>', 'how long it is believed (30d)')
    .option('--output <path>', 'replace this file, instead of printing')
    .addHelpText('after', '\nExample:\n  rollcall registry sign peers.json --key signing.key --output signed.json')
    .action(async (file: string, options: Given) => {
      const { signCommand } = await import('./commands/registry-signing.ts');
      process.exitCode = signCommand(file, options);
    });

  registry
    .command('verify')
    .description('say whether nodes would believe a signed list')
    .argument('<file>', 'the signed list')
    .requiredOption('--public-key <key...>', 'one or more keys, as in `public_keys`')
    .option('--cluster <label>', 'the cluster.label of the nodes (whatever the list says)')
    .action(async (file: string, { publicKey, ...options }: Given & { readonly publicKey: readonly string[] }) => {
      const { verifyRegistryCommand } = await import('./commands/registry-signing.ts');
      process.exitCode = verifyRegistryCommand(file, publicKey, options);
    });
}
