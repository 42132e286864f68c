import { paintFor, storyReport } from '../../reports/index.ts';
import { openCatalogue } from '../../scenarios/catalogue.ts';
import type { Catalogue } from '../../scenarios/catalogue.ts';
import { identifyCode } from '../../scenarios/code.ts';
import { UnknownScenario, UsageError } from '../../scenarios/errors.ts';
import { asTyped, findFiles } from '../../scenarios/files.ts';
import { suggestion } from '../../scenarios/nearest.ts';
import { materialise } from '../../scenarios/play.ts';
import type { Replay } from '../../scenarios/replay.ts';
import { replayRun } from '../../scenarios/replay.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import { parseToken } from '../../scenarios/token.ts';
import { ExitCode } from '../exit-code.ts';
import type { Given } from '../options.ts';
import { listOf, timeOf } from '../options.ts';

export async function replayCommand(text: string, given: readonly string[], options: Given): Promise<number> {
  const token = parseToken(text);
  const from = timeOf(options, 'from', '--from');
  const to = timeOf(options, 'to', '--to');
  const nodes = listOf(options, 'node');
  const kinds = listOf(options, 'kind');
  const files = findFiles(given);
  const catalogue = await openCatalogue(files);
  const hosts = materialise(find(catalogue, token.scenario), token.seed).hosts.map(({ name }) => name);
  for (const node of nodes ?? []) {
    if (!hosts.includes(node)) {
      throw new UsageError(
        'UNKNOWN_NODE',
        `--node: this run has no host ${JSON.stringify(node)}.${suggestion(node, hosts)}`,
      );
    }
  }
  const replay = await replayRun(token, (name) => catalogue.find(name), identifyCode(files), {
    wire: options['wire'] === true,
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(nodes === undefined ? {} : { nodes }),
    ...(kinds === undefined ? {} : { kinds }),
  });
  process.stdout.write(storyReport(replay, files.map(asTyped), paintFor(process.stdout, process.env)));
  return exitCodeOf(replay);
}

function find(catalogue: Catalogue, name: string): Scenario {
  try {
    return catalogue.find(name);
  } catch (error) {
    if (!(error instanceof UnknownScenario) || catalogue.files.length > 0) throw error;
    throw new UsageError(error.code, `${error.message} If it is your own, name its file after the token.`);
  }
}

function exitCodeOf({ result, reproduction }: Replay): number {
  if (result.verdict === 'nondeterministic' || reproduction.kind === 'diverged') return ExitCode.nondeterministic;
  return result.verdict === 'pass' ? ExitCode.pass : ExitCode.failed;
}
