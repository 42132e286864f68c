import { digestText } from './digest.ts';
import { InvalidToken } from './errors.ts';
import type { Mode } from './result.ts';
import { isSeed } from './seeds.ts';

/** Names one run exactly, and the code that it is a run of. */
export interface Token {
  readonly scenario: string;
  readonly seed: number;
  readonly mode: Mode;
  /** Digest of the materialised stage: hosts, faults, latency, duration. */
  readonly stage: string;
  readonly version: string;
  /** Digest of the source that played it. */
  readonly code: string;
  /** The expected hash of the trace. */
  readonly hash: string;
}

const PREFIX = 'rc1';
const MODES = { r: 'reference', w: 'wire' } as const satisfies Record<string, Mode>;

/**
 * One word that no shell takes apart: `rc1:crash-of-one:17:r1c9f03ab:0.1.0:77ab01c2:5f3a…:c0de`. The last field is a
 * digest of the others, so that a token cut or changed on its way is refused instead of playing something else.
 */
export function formatToken(token: Token): string {
  const { scenario, seed, mode, stage, version, code, hash } = token;
  const body = [PREFIX, scenario, seed, mode.charAt(0) + stage, version, code, hash].join(':');
  return `${body}:${check(body)}`;
}

export function parseToken(text: string): Token {
  const fields = text.trim().split(':');
  if (fields[0] !== PREFIX) {
    throw new InvalidToken(
      text,
      `it does not begin with "${PREFIX}:". Copy the whole word that a failing run printed.`,
    );
  }
  if (fields.length !== 8) {
    throw new InvalidToken(text, `it has ${fields.length} of 8 parts. It was probably cut when it was copied.`);
  }
  const [, scenario = '', seed = '', staged = '', version = '', code = '', hash = '', sum = ''] = fields;
  if (check(fields.slice(0, -1).join(':')) !== sum) {
    throw new InvalidToken(text, 'its check digits do not fit. A character was changed or lost when it was copied.');
  }
  const mode = MODES[staged.charAt(0) as keyof typeof MODES];
  if (mode === undefined || !isSeed(Number(seed))) throw new InvalidToken(text, 'its seed or its mode cannot be read.');
  return { scenario, seed: Number(seed), mode, stage: staged.slice(1), version, code, hash };
}

function check(body: string): string {
  return digestText(body).slice(0, 4);
}

/** How a run played now compares with the run that a token names. */
export type Reproduction =
  | { readonly kind: 'reproduced' }
  | { readonly kind: 'code-changed'; readonly words: string }
  /** Same code, same scenario, same seed, another run. */
  | { readonly kind: 'diverged'; readonly words: string };

export function compareWithToken(expected: Token, played: Token): Reproduction {
  if (played.hash === expected.hash) return { kind: 'reproduced' };
  if (played.version !== expected.version) {
    return changed(`the token is from version ${expected.version}, this is ${played.version}`);
  }
  if (played.code !== expected.code) {
    return changed(`the token is from source ${expected.code}, this is ${played.code}`);
  }
  if (played.stage !== expected.stage) return changed('the scenario now builds another stage from this seed');
  return {
    kind: 'diverged',
    words:
      `The same code played another run: hash ${played.hash}, expected ${expected.hash}. ` +
      `\`rollcall verify ${expected.scenario} --seed ${expected.seed}\` names the first event that differs.`,
  };
}

function changed(how: string): Reproduction {
  return { kind: 'code-changed', words: `The code has changed: ${how}. What follows is what this code does.` };
}
