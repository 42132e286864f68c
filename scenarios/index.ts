export { builtinScenarios } from './builtin/index.ts';
export { catalogueOf, openCatalogue } from './catalogue.ts';
export type { Catalogue } from './catalogue.ts';
export { causalStory } from './causes/causal-story.ts';
export type { CausalStory } from './causes/causal-story.ts';
export { storyInLines } from './causes/in-lines.ts';
export type { CausalStep } from './causes/walk.ts';
export { identifyCode } from './code.ts';
export type { CodeIdentity } from './code.ts';
export { defineScenario } from './define.ts';
export type { Edit } from './edit.ts';
export {
  AmbientNondeterminism,
  InvalidScenario,
  InvalidToken,
  UnknownScenario,
  UnusableFile,
  UsageError,
} from './errors.ts';
export { collectMetrics } from './metrics.ts';
export { materialise, playRun, playWorld } from './play.ts';
export type { Played, PlayOptions } from './play.ts';
export { inlinePlayer } from './player.ts';
export type { Done, Lost, Player, PlayListener, Task } from './player.ts';
export { workerPool } from './pool.ts';
export { regression } from './regression/regression.ts';
export type { RegressionSpec } from './regression/regression.ts';
export { replayRun } from './replay.ts';
export type { Replay } from './replay.ts';
export { replayLine } from './result.ts';
export type {
  BoundResult,
  Distribution,
  Failure,
  LostRun,
  Mode,
  RunResult,
  ScenarioResult,
  SometimesResult,
  StopReason,
  SuiteResult,
  SuiteVerdict,
  Timing,
  Verdict,
} from './result.ts';
export type { Bound, Expectation, MetricName, RunMetrics, Scenario, ScenarioContext, Stage } from './scenario.ts';
export { simulate, SimulationFailed } from './simulate.ts';
export type { SimulateOptions } from './simulate.ts';
export type { StoryFilter, StoryLine } from './story.ts';
export { playSuite } from './suite.ts';
export type { SuiteListener, SuitePlan, SuiteProgress } from './suite.ts';
export { formatToken, parseToken } from './token.ts';
export type { Reproduction, Token } from './token.ts';
export { verify } from './verify.ts';
export type { Divergence, VerifyPlan, VerifyResult, Way } from './verify.ts';
