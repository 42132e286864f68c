import { expect, test } from 'vitest';
import { fuzz } from './fuzz.ts';

const INPUTS = process.env['DEEP_TESTS'] === '1' ? 1_000_000 : 100_000;

test(
  `${INPUTS} damaged packets and frames each give a message or a reason, and every reason occurs`,
  { timeout: 600_000 },
  () => {
    const { outcomes, inputsPerSecond } = fuzz({ inputs: INPUTS, seed: 7, now: () => performance.now() });
    const told = [...outcomes].sort().map(([outcome, count]) => `${outcome} ${count}`);
    console.log(`fuzz: ${INPUTS} inputs, ${inputsPerSecond} per second: ${told.join(', ')}`);
    expect([...outcomes.keys()].sort()).toEqual(
      [
        ...['message', 'unfinished', 'empty', 'truncated', 'unknown-kind', 'bad-body', 'bad-checksum'],
        ...['bad-compression', 'too-large', 'too-deep', 'too-many', 'wrong-label', 'not-sealed', 'sealed', 'no-key'],
      ].sort(),
    );
  },
);

test('the same seed gives the same outcomes', () => {
  const outcomes = (seed: number): unknown => fuzz({ inputs: 2000, seed, now: () => 0 }).outcomes;
  expect(outcomes(3)).toEqual(outcomes(3));
  expect(outcomes(3)).not.toEqual(outcomes(4));
});
