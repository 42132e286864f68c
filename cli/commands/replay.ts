import { paintFor, storyReport } from '../../reports/index.ts';
import { openCatalogue } from '../../scenarios/catalogue.ts';
import type { Catalogue } from '../../scenarios/catalogue.ts';
import { identifyCode } from '../../scenarios/code.ts';
import { UnknownScenario, UsageError } from '../../scenarios/errors.ts';
import { asTyped, findFiles } from '../../scenarios/files.ts';
import { names } from '../../scenarios/in-words.ts';
import { suggestion } from '../../core/nearest.ts';
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
  if (from !== undefined && to !== undefined && from > to) {
    throw new UsageError('INVALID_OPTION', `--from is later than --to, so that nothing could be told. Swap them.`);
  }
  const nodes = listOf(options, 'node');
  const kinds = listOf(options, 'kind');
  const files = findFiles(given);
  const catalogue = await openCatalogue(files);
  const hosts = materialise(find(catalogue, token.scenario), token.seed).hosts.map(({ name }) => name);
  for (const node of nodes ?? []) {
    if (!hosts.includes(node)) {
      throw new UsageError(
        'UNKNOWN_NODE',
        `--node: this run has no host ${JSON.stringify(node)}.${suggestion(node, hosts) || ` It has ${names(hosts)}.`}`,
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
  checkKinds(kinds ?? [], replay.story.kinds);
  process.stdout.write(storyReport(replay, files.map(asTyped), paintFor(process.stdout, process.env)));
  return exitCodeOf(replay);
}

/** Kinds of the world and of its members, whether or not a run has any of them. */
const KINDS =
  'fault,command,boot,crash,pause,resume,timer,send,deliver,lost,connect,open,stream-send,stream-message,stream-close,' +
  'alive,suspect,dead,left,joined,forgotten,refuted,self,probe,inserted,health,leaving,stopped,conflict,push-pull,' +
  'broadcast,message';

/** Programs have kinds of their own, which are known only when the run is over. */
function checkKinds(asked: readonly string[], occurred: readonly string[]): void {
  const known = [...new Set([...KINDS.split(','), ...occurred])];
  const unknown = asked.find((kind) => !known.includes(kind));
  if (unknown === undefined) return;
  const hint = suggestion(unknown, known) || ` This run has ${occurred.join(', ')}.`;
  throw new UsageError('UNKNOWN_KIND', `--kind: this run has no lines of kind ${JSON.stringify(unknown)}.${hint}`);
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
