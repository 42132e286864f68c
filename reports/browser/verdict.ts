import type { SuiteVerdict } from '../../scenarios/result.ts';
import { el } from './dom.ts';

/** A shape and a word: colour only repeats what they say. */
const VERDICTS: Readonly<
  Record<SuiteVerdict, { readonly shape: string; readonly word: string; readonly kind: string }>
> = {
  pass: { shape: '✓', word: 'passed', kind: 'pass' },
  fail: { shape: '✕', word: 'failed', kind: 'fail' },
  nondeterministic: { shape: '≠', word: 'not deterministic', kind: 'fail' },
  interrupted: { shape: '‖', word: 'interrupted', kind: 'open' },
  'nothing played': { shape: '○', word: 'nothing played', kind: 'open' },
};

export function verdictMark(verdict: SuiteVerdict, seeds = 1): HTMLElement {
  const judged = verdict === 'pass' && seeds === 0 ? 'nothing played' : verdict;
  return el('span', { class: `verdict ${VERDICTS[judged].kind}` }, verdictShape(judged), VERDICTS[judged].word);
}

/** For where a sentence says the word. */
export function verdictShape(verdict: SuiteVerdict): HTMLElement {
  const { shape, kind } = VERDICTS[verdict];
  return el('span', { class: `shape ${kind}`, 'aria-hidden': 'true' }, shape);
}
