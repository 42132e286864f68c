#!/usr/bin/env node
import { Command, CommanderError, Option } from 'commander';
import { addAdminCommands } from './admin-commands.ts';
import { ExitCode, exitCodeOf } from './exit-code.ts';
import { addNodeFlags } from './node-flags.ts';
import { packageVersion } from '../transports/version.ts';
import { addPipelineCommands } from './pipeline-commands.ts';
import { addRegistryCommands } from './registry-commands.ts';
import { REPORTERS } from './reporter-names.ts';

// What a command needs is imported when it runs: help and version answer before Node could load the simulator.

const program = new Command('rollcall')
  .description(
    'Runs the nodes of a cluster, which find each other and notice who fails, and asks those that run. Plays clusters ' +
      'through their worst days in virtual time, and replays any of them exactly.',
  )
  .version(packageVersion(), '--version', 'print the version')
  .helpOption('--help', 'print this help')
  .configureOutput({
    // One line, as for every other mistake: commander puts its suggestion on a second one.
    outputError: (text, write) =>
      write(
        `rollcall: ${text
          .replace(/^error: /, '')
          .trim()
          .replaceAll(/\s*\n\s*/g, ' ')
          // Commander has a suggestion only where a command is close.
          .replace(/^unknown command '[^']*'$/, '$&. `rollcall --help` lists all.')
          .replace(/^missing required argument .*$/, '$&.')
          .replace(/^(too many arguments|missing required argument) .*$/, '$& `--help` says which there are.')}\n`,
      ),
  })
  .exitOverride();

program
  .command('run')
  .description('play scenarios over many seeds, on all cores')
  .argument('[pattern...]', 'names or parts of names of scenarios; paths, folders or globs of your own')
  .option('--seeds <count>', 'how many seeds per scenario (10; 1 when only --seed is given)')
  .option('--seed <number>', 'the first seed (1)')
  .option('--jobs <count>', 'worker threads (one per core)')
  .option('--shard <i/n>', 'play only the ith of n shares')
  .addOption(new Option('--reporter <name>', 'how to print the result').choices(REPORTERS).default('pretty'))
  .option('--output-file <path>', 'write what the reporter prints into a file')
  .option('--bail', 'end with the first failing run')
  .option('--save-failures <folder>', 'keep each distinct failure as a regression')
  .option('--time-limit <time>', 'begin no run after this time, e.g. 90s, 5m, 1h')
  .addHelpText(
    'after',
    '\nExamples:\n  rollcall run\n  rollcall run crash --seeds 100\n  rollcall run ./my-scenarios/*.ts --seed 17' +
      '\n\nExit codes: 0 passed, 1 an invariant or expectation failed, 2 usage, 3 nondeterminism, 130 interrupted.' +
      '\nResults are written to rollcall-results/results.json, and as a page for a browser to rollcall-results/report.html.',
  )
  .action(async (patterns: string[], options: Record<string, string | true>) => {
    const { runCommand } = await import('./commands/run.ts');
    process.exitCode = await runCommand(patterns, options);
  });

program
  .command('replay')
  .description('play one run again and tell what happened')
  .argument('<token>', 'the word that a failing run printed')
  .argument('[file...]', 'files of your own scenarios')
  .option('--from <time>', 'tell nothing before this virtual time, e.g. 12.5s')
  .option('--to <time>', 'tell nothing after this virtual time')
  .option('--node <names>', 'tell only what concerns these nodes, e.g. n3,n7')
  .option('--kind <kinds>', 'tell only these kinds, e.g. fault,suspect,dead')
  .option('--wire', 'encode every message, and tell packets too')
  .option('--story', 'tell why it failed: from the fault that began it to the rule that broke')
  .option('--about <host>', 'with --story: explain the latest verdict about this host instead')
  .option('--save-trace <file>', 'write every event into a file, for `rollcall diff`')
  .addHelpText(
    'after',
    '\nExamples:\n  rollcall replay TOKEN --node n3 --from 10s --to 25s\n  rollcall replay TOKEN --story',
  )
  .action(async (token: string, files: string[], options: Record<string, string | true>) => {
    const { replayCommand } = await import('./commands/replay.ts');
    process.exitCode = await replayCommand(token, files, options);
  });

program
  .command('list')
  .description('list all scenarios')
  .argument('[pattern...]', 'names or parts of names; paths, folders or globs of your own')
  .action(async (patterns: string[]) => {
    const { listCommand } = await import('./commands/list.ts');
    process.exitCode = await listCommand(patterns);
  });

program
  .command('verify')
  .description('play everything again, in other ways, and compare hashes')
  .argument('[pattern...]', 'names or parts of names of scenarios; paths, folders or globs of your own')
  .option('--seeds <count>', 'how many seeds per scenario (2; 1 when only --seed is given)')
  .option('--seed <number>', 'the first seed (1)')
  .option('--jobs <count>', 'worker threads (one per core)')
  .addHelpText('after', '\nExample:\n  rollcall verify swarm --seeds 20')
  .action(async (patterns: string[], options: Record<string, string | true>) => {
    const { verifyCommand } = await import('./commands/verify.ts');
    process.exitCode = await verifyCommand(patterns, options);
  });

addNodeFlags(program.command('node').description('run a node until it is told to leave'))
  .addHelpText(
    'after',
    '\nExamples:\n  rollcall node --config cluster.toml\n  rollcall node --node-id n2 --bind 127.0.0.2:7946 --join 127.0.0.1:7946' +
      '\n\nSIGTERM and SIGINT say goodbye first, a second one ends at once. SIGHUP reads the configuration again;' +
      '\non a terminal it says goodbye, for it means that the terminal has gone.' +
      '\nEnds with 2 when the configuration cannot be used, and with 1 when another try may do better.' +
      '\nEvery key of the file is also a variable: `rollcall config print --sources` shows what counts.',
  )
  .action(async (options: Record<string, unknown>) => {
    const { nodeCommand } = await import('./commands/node.ts');
    const { loadConfig } = await import('./load-config.ts');
    // Questions to a name service that nobody waits for any more must not keep the process.
    process.exit(await nodeCommand(async () => (await loadConfig(options)).result.config));
  });

const config = program.command('config').description('check or print the configuration of a node');

addNodeFlags(
  config.command('check').description('find everything that is wrong with a configuration, or say what it means'),
)
  .option('--json', 'print JSON')
  .addHelpText('after', '\nExample:\n  rollcall config check --config rollcall.toml')
  .action(async (options: Record<string, unknown>) => {
    const { configCheckCommand } = await import('./commands/config.ts');
    process.exitCode = await configCheckCommand(options);
  });

addNodeFlags(config.command('print').description('print the effective configuration as TOML, secrets masked'))
  .option('--sources', 'say where each value comes from')
  .option('--json', 'print JSON')
  .addHelpText('after', '\nExample:\n  rollcall config print --sources --config rollcall.toml --join 10.0.0.7:7946')
  .action(async (options: Record<string, unknown>) => {
    const { configPrintCommand } = await import('./commands/config.ts');
    process.exitCode = await configPrintCommand(options);
  });

program
  .command('fake')
  .description('serve a stand-in for a backend of discovery, with faults that you begin; or list them')
  .argument('[name]', 'which one, e.g. consul')
  .option('--port <number>', 'where to listen (where the real one does); 0 takes a free one')
  .option('--bind <ip>', 'on which address (127.0.0.1)')
  .option('--seed <number>', 'of whatever it does by chance (1)')
  .addHelpText('after', '\nExamples:\n  rollcall fake\n  rollcall fake consul --port 0')
  .action(async (name: string | undefined, options: Record<string, string | true>) => {
    const { fakeCommand } = await import('./commands/fake.ts');
    // A fake that could not be served has timers already.
    process.exit(await fakeCommand(name, options).catch(told));
  });

addPipelineCommands(program);
addRegistryCommands(program, told);
addAdminCommands(program);

// A reader such as `head` that has seen enough is no error.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = await told(error);
}

/** Says what went wrong; what the caller is told by a number. */
async function told(error: unknown): Promise<number> {
  if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.pass : ExitCode.usage;
  const { RollcallError } = await import('../core/errors.ts');
  // A mistake of the person is told in one line; anything else is ours, and its stack helps.
  const known = error instanceof RollcallError;
  process.stderr.write(`rollcall: ${known ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
  return known ? exitCodeOf(error) : ExitCode.usage;
}
