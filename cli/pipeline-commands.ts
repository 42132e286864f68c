import type { Command } from 'commander';

/** What a person does after a suite: from a red seed to its cause, and from many seeds to a picture. */
export function addPipelineCommands(program: Command): void {
  program
    .command('hunt')
    .description('break things at random until something gives way or the time is up')
    .argument('[file...]', 'files of your own scenarios: they are hunted instead of the built-in one')
    .option('--time <time>', 'for how long (60s), e.g. 90s, 10m, 8h')
    .option('--seeds <count>', 'so many runs instead, the same each time')
    .option('--seed <number>', 'the first seed (a random one; 1 with --seeds)')
    .option('--focus <scenario>', 'hunt this scenario, or all with this in their name')
    .option('--jobs <count>', 'worker threads (one per core)')
    .option('--collect', 'go on after a failure, and collect different ones')
    .option('--dir <folder>', 'where failures are kept, and played first (rollcall-failures)')
    .addHelpText(
      'after',
      '\nExamples:\n  rollcall hunt --time 10m\n  rollcall hunt --seeds 2000 --focus swarm\n  rollcall hunt ./my-scenarios/*.ts' +
        '\n\nExit codes: 0 nothing found, 1 a failure or a blind hunt, 2 usage, 3 nondeterminism, 130 interrupted.',
    )
    .action(async (files: string[], options: Record<string, string | true>) => {
      const { huntCommand } = await import('./commands/hunt.ts');
      process.exitCode = await huntCommand(files, options);
    });

  program
    .command('shrink')
    .description('find the smallest schedule with which a run still fails in the same way')
    .argument('<token>', 'the word that a failing run printed')
    .argument('[file...]', 'files of your own scenarios')
    .option('--jobs <count>', 'worker threads (one per core)')
    .option('--output <file>', 'where to write the regression (test/regressions/NAME.test.mjs)')
    .option('--time-limit <time>', 'keep the smallest so far after this time, e.g. 90s, 5m')
    .addHelpText(
      'after',
      '\nExample:\n  rollcall shrink TOKEN ./my-scenarios/lease.ts' +
        '\n\nEnds with 0 when the regression is written, with 3 when the run is not the same every time, and with 130 when' +
        '\ninterrupted: then the smallest schedule so far is written.',
    )
    .action(async (token: string, files: string[], options: Record<string, string | true>) => {
      const { shrinkCommand } = await import('./commands/shrink.ts');
      process.exitCode = await shrinkCommand(token, files, options);
    });

  program
    .command('promote')
    .description('keep a failing run as a regression that `rollcall run` and vitest play')
    .argument('<token>', 'the word that a failing run printed')
    .argument('[file...]', 'files of your own scenarios')
    .option('--name <name>', 'what to call it (made of scenario, seed and rule)')
    .option('--dir <folder>', 'where to write it (test/regressions)')
    .addHelpText('after', '\nExample:\n  rollcall promote TOKEN --name two-leaders-after-a-freeze')
    .action(async (token: string, files: string[], options: Record<string, string | true>) => {
      const { promoteCommand } = await import('./commands/promote.ts');
      process.exitCode = await promoteCommand(token, files, options);
    });

  program
    .command('diff')
    .description('name the first event at which two runs part')
    .argument('<a>', 'a token, or a trace that `replay --save-trace` wrote')
    .argument('<b>', 'another one')
    .argument('[file...]', 'files of your own scenarios')
    .addHelpText(
      'after',
      '\nExamples:\n  rollcall diff TOKEN TOKEN\n  rollcall diff before.trace TOKEN ./my-scenarios/lease.ts' +
        '\n\nEnds with 0 when both runs are the same, and with 1 when they differ.',
    )
    .action(async (a: string, b: string, files: string[]) => {
      const { diffCommand } = await import('./commands/diff.ts');
      process.exitCode = await diffCommand(a, b, files);
    });

  program
    .command('papers')
    .description('repeat what the papers measured, and print their figures beside ours')
    .option('--full', 'more samples, and whole grids')
    .option('--only <names>', 'only these papers: swim, lifeguard, serf, demers, rapid')
    .option('--jobs <count>', 'worker threads (one per core)')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExample:\n  rollcall papers --only swim,serf' +
        '\n\nExit codes: 0 all agree, 1 a figure differs, 2 usage, 130 interrupted.' +
        '\nResults are written to rollcall-results/papers.json.',
    )
    .action(async (options: Record<string, string | true>) => {
      const { papersCommand } = await import('./commands/papers.ts');
      process.exitCode = await papersCommand(options);
    });

  program
    .command('report')
    .description('make one HTML file of what a suite measured, to be opened in a browser')
    .argument(
      '[file...]',
      'a results file (rollcall-results/results.json); with --timeline, files of your own scenarios',
    )
    .option('--output <file>', 'where to write the page (rollcall-results/report.html)')
    .option('--sweep', 'first measure everything against cluster size, loss and slowness, which takes minutes')
    .option('--jobs <count>', 'worker threads of a sweep (one per core)')
    .option('--compare <file>', 'say what became worse or better since an earlier results file')
    .option('--timeline <token>', 'instead: play this run again, and make the page of everything that happened in it')
    .option('--fail-on-regression', 'with --compare: end with 1 when something became worse')
    .addHelpText(
      'after',
      '\nExamples:\n  rollcall report\n  rollcall report results.json --output report.html' +
        '\n  rollcall report --timeline TOKEN\n  rollcall report --sweep\n  rollcall report --compare earlier.json --fail-on-regression' +
        '\n\nA sweep is kept in rollcall-results/sweeps.json, and is part of every report from then on.',
    )
    .action(async (files: string[], options: Record<string, string | true>) => {
      const { reportCommand } = await import('./commands/report.ts');
      process.exitCode = await reportCommand(files, options);
    });
}
