import { count } from '../../reports/figures.ts';
import { causesReport, paintFor, storyReport } from '../../reports/index.ts';
import { openCatalogue } from '../../scenarios/catalogue.ts';
import type { Catalogue } from '../../scenarios/catalogue.ts';
import { causalStory } from '../../scenarios/causes/causal-story.ts';
import type { CodeIdentity } from '../../scenarios/code.ts';
import { identifyCode } from '../../scenarios/code.ts';
import { TraceWriter } from '../../scenarios/diff/trace-file.ts';
import { UnknownScenario, UsageError } from '../../scenarios/errors.ts';
import { asTyped, findFiles } from '../../scenarios/files.ts';
import { names } from '../../scenarios/in-words.ts';
import { suggestion } from '../../core/nearest.ts';
import { materialise, playWorld } from '../../scenarios/play.ts';
import type { Replay } from '../../scenarios/replay.ts';
import { replayRun } from '../../scenarios/replay.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import type { Token } from '../../scenarios/token.ts';
import { compareWithToken, parseToken } from '../../scenarios/token.ts';
import { ExitCode } from '../exit-code.ts';
import type { Given } from '../options.ts';
import { listOf, textOf, timeOf } from '../options.ts';
import { prepareFile, writeBytes } from '../output-file.ts';

/** What chooses lines of the whole story: neither a chain of causes nor a trace can be had in part. */
const FILTERS = ['from', 'to', 'node', 'kind', 'wire'] as const;

export async function replayCommand(text: string, given: readonly string[], options: Given): Promise<number> {
  const token = parseToken(text);
  const [about, trace] = [textOf(options, 'about'), textOf(options, 'saveTrace')];
  if (about !== undefined && options['story'] !== true) {
    throw new UsageError('INVALID_OPTION', '--about says whom a causal story is about. Add --story.');
  }
  if (options['story'] === true && trace !== undefined) {
    throw new UsageError('INVALID_OPTION', '--story and --save-trace are two commands. Give one of them at a time.');
  }
  if (options['story'] === true) {
    refuseFilters('--story', options);
    return tellCauses(token, given, about);
  }
  if (trace !== undefined) {
    refuseFilters('--save-trace', options);
    return saveTrace(token, given, trace);
  }
  return tellStory(token, given, options);
}

async function tellStory(token: Token, given: readonly string[], options: Given): Promise<number> {
  const from = timeOf(options, 'from', '--from');
  const to = timeOf(options, 'to', '--to');
  if (from !== undefined && to !== undefined && from > to) {
    throw new UsageError('INVALID_OPTION', `--from is later than --to, so that nothing could be told. Swap them.`);
  }
  const nodes = listOf(options, 'node');
  const kinds = listOf(options, 'kind');
  const files = findFiles(given);
  const catalogue = await openCatalogue(files);
  checkHosts('--node', nodes ?? [], find(catalogue, token.scenario), token.seed);
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

async function tellCauses(token: Token, given: readonly string[], about: string | undefined): Promise<number> {
  const { files, code, scenario } = await openRun(token, given);
  if (about !== undefined) checkHosts('--about', [about], scenario, token.seed);
  const story = await causalStory(scenario, token.seed, { mode: token.mode, code }, about);
  const reproduction = compareWithToken(token, parseToken(story.result.token));
  process.stdout.write(causesReport(story, reproduction, files.map(asTyped), paintFor(process.stdout, process.env)));
  return exitCodeOf({ result: story.result, reproduction });
}

/** A file is what was asked for, whether or not its run failed. */
async function saveTrace(token: Token, given: readonly string[], path: string): Promise<number> {
  const { code, scenario } = await openRun(token, given);
  prepareFile(path);
  const writer = new TraceWriter();
  const played = await playWorld(scenario, token.seed, { mode: token.mode, code, onTrace: writer.record });
  const bytes = writer.finish(played);
  writeBytes(path, bytes);
  const reproduction = compareWithToken(token, parseToken(played.result.token));
  if (reproduction.kind !== 'reproduced') process.stdout.write(`${reproduction.words}\n`);
  process.stdout.write(`${path}: ${count(played.world.trace.events, 'event')}, ${count(bytes.length, 'byte')}\n`);
  return reproduction.kind === 'diverged' ? ExitCode.nondeterministic : ExitCode.pass;
}

interface OpenedRun {
  readonly files: readonly string[];
  readonly code: CodeIdentity;
  readonly scenario: Scenario;
}

async function openRun(token: Token, given: readonly string[]): Promise<OpenedRun> {
  const files = findFiles(given);
  return { files, code: identifyCode(files), scenario: find(await openCatalogue(files), token.scenario) };
}

function refuseFilters(flag: string, options: Given): void {
  const filter = FILTERS.find((name) => options[name] !== undefined);
  if (filter === undefined) return;
  throw new UsageError('INVALID_OPTION', `${flag} takes the whole run: leave --${filter} out.`);
}

function checkHosts(flag: string, asked: readonly string[], scenario: Scenario, seed: number): void {
  const hosts = materialise(scenario, seed).hosts.map(({ name }) => name);
  const unknown = asked.find((host) => !hosts.includes(host));
  if (unknown === undefined) return;
  throw new UsageError(
    'UNKNOWN_NODE',
    `${flag}: this run has no host ${JSON.stringify(unknown)}.${suggestion(unknown, hosts) || ` It has ${names(hosts)}.`}`,
  );
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

function exitCodeOf({ result, reproduction }: Pick<Replay, 'result' | 'reproduction'>): number {
  if (result.verdict === 'nondeterministic' || reproduction.kind === 'diverged') return ExitCode.nondeterministic;
  return result.verdict === 'pass' ? ExitCode.pass : ExitCode.failed;
}
