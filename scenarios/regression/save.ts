import { existsSync, readFileSync } from 'node:fs';
import { explain } from '../causes/causal-story.ts';
import { Chronicle } from '../causes/chronicle.ts';
import { storyInLines } from '../causes/in-lines.ts';
import type { CodeIdentity } from '../code.ts';
import { edited } from '../edit.ts';
import { asTyped } from '../files.ts';
import { materialise, playWorld } from '../play.ts';
import { replayLine } from '../result.ts';
import { modeOf } from '../suite.ts';
import { aboutFailure } from './about.ts';
import type { FailingRun } from './failing-run.ts';
import { NotReproduced, Unsteady } from './failing-run.ts';
import type { FailureIdentity } from '../failure-identity.ts';
import { identityInWords, isSameFailure } from '../failure-identity.ts';
import { originOf } from './origin.ts';
import type { Destination } from './place.ts';
import { placesFor, writeNew } from './place.ts';
import type { RegressionSpec } from './regression.ts';
import { regression } from './regression.ts';
import { regressionText } from './text.ts';
import { wholeEdit } from './whole-edit.ts';

export interface SaveOptions {
  readonly to: Destination;
  /** The regression's name; otherwise it is made of scenario, seed and rule. */
  readonly name?: string;
  /** The user's files, among which is the one that exports the scenario. */
  readonly files: readonly string[];
  readonly code: CodeIdentity;
  /** What shrinking achieved, line by line. */
  readonly notes?: readonly string[];
}

export interface Saved {
  readonly file: string;
  readonly name: string;
  /** Of the run as the file has it. */
  readonly token: string;
  readonly replay: string;
  /** False when a file with exactly this run was there already. */
  readonly isNew: boolean;
}

/** Writes a failing run into a new file of its own, once it has been played from what the file will say. */
export async function saveRegression(run: FailingRun, options: SaveOptions): Promise<Saved> {
  const { to, files, code, notes = [] } = options;
  const { spec: unnamed, base } = await sourceOf(run, files);
  for (const { path, name } of placesFor(to, options.name ?? nameOf(unnamed.of, unnamed.seed, run.failure))) {
    const spec = { ...unnamed, name };
    const text = regressionText({ spec, base: base.file }, path);
    const isNew = !existsSync(path);
    if (!isNew && !readFileSync(path, 'utf8').endsWith(text)) continue;
    const chronicle = new Chronicle();
    const kept = regression(base.file === undefined ? spec : { ...spec, from: { own: base.scenario } });
    const played = await playWorld(kept, spec.seed, { mode: run.mode, code, onTrace: chronicle.record });
    const { result } = played;
    if (!isSameFailure(result, run.failure)) throw new NotReproduced(run);
    if (run.hash !== undefined && run.hash !== result.hash) {
      throw new Unsteady(
        `${run.scenario.name}, seed ${run.seed}, was played twice and was not the same run both times. ` +
          '`rollcall verify` finds the first event that differs.',
      );
    }
    const replay = replayLine(result.token, [asTyped(path)]);
    const about = { replay, version: code.version, notes };
    const story = storyInLines(explain(chronicle, played));
    if (isNew) writeNew(path, `${aboutFailure(result.violation!, story, about)}\n${text}`);
    return { file: path, name, token: result.token, replay, isNew };
  }
  throw new Error('there is always one more place');
}

/** What the file will say of the run, but for the name. */
async function sourceOf({ scenario, seed, mode, edit = {}, failure }: FailingRun, files: readonly string[]) {
  const base = await originOf(scenario, seed, files);
  const { name } = base.scenario;
  const whole = wholeEdit(materialise(edited(scenario, seed, edit), seed), materialise(base.scenario, base.seed));
  const spec = {
    summary: `${name} with seed ${base.seed} breaks ${identityInWords(failure)}`.replaceAll(/\s+/g, ' '),
    of: name,
    seed: base.seed,
    ...(mode === modeOf(base.seed) ? {} : { mode }),
    ...demandsOf(failure),
    edit: whole,
  };
  return { spec, base };
}

const EXPECTATION = 'expectation-';

/** What only a scenario demands is demanded of its regression when that was what failed. */
function demandsOf({ invariant, subject }: FailureIdentity): Pick<RegressionSpec, 'expectations' | 'mustStrike'> {
  if (invariant.startsWith(EXPECTATION)) return { expectations: [invariant.slice(EXPECTATION.length)] };
  if (invariant === 'must-strike')
    return { mustStrike: [subject as NonNullable<RegressionSpec['mustStrike']>[number]] };
  return {};
}

/** Lower-case words joined by hyphens, as names must be. */
function nameOf(scenario: string, seed: number, { invariant }: FailureIdentity): string {
  const rule = invariant.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  return `${scenario}-${seed}-${rule}`.replace(/-+$/, '');
}
