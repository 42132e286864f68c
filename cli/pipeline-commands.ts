import type { Command } from 'commander';

/** What a person does after a suite: from a red seed to its cause, and from many seeds to a picture. */
export function addPipelineCommands(_program: Command): void {}
