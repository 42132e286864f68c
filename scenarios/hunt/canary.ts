import type { Task } from '../player.ts';
import { fresh, type Game } from './generation.ts';
import type { Sabotage } from './sabotage.ts';

/**
 * How many sabotaged runs are played at most. One in six draws settings that promise no view in the end, and some
 * saboteurs never join; that all of these go unnoticed has a chance below one in a million.
 */
export const CANARY_RUNS = 16;

/** The runs with which a hunt of these scenarios would begin, each with a known bug in it. */
export function canaryTasks(game: Game, sabotage: Sabotage): Task[] {
  return Array.from({ length: CANARY_RUNS }, (_, index) => ({ ...fresh(game, index, index), sabotage, shape: true }));
}
