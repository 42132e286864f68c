import type { ReportData } from '../html/data.ts';
import { el } from './dom.ts';
import type { Filter } from './filter.ts';
import { replay } from './replay.ts';

const TOKEN = /^rc1:[\w.:-]+$/;

/** Follows `report.html#rc1:…` to that run, now and whenever the address changes. `notices` is where it is told. */
export function followLinks(data: ReportData, filter: Filter, notices: HTMLElement): void {
  const follow = (): void => {
    const target = decode(location.hash.slice(1));
    notices.replaceChildren();
    notices.classList.remove('linked');
    if (!TOKEN.test(target)) {
      // The sections did not exist when the browser looked for it.
      document.getElementById(target)?.scrollIntoView();
      return;
    }
    filter.clear();
    const entry = document.getElementById(target);
    if (entry === null) notices.append(unlisted(target, data));
    else unfold(entry);
    goTo(entry ?? notices);
  };
  addEventListener('hashchange', follow);
  follow();
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function unfold(entry: HTMLElement): void {
  for (let around = entry.parentElement; around !== null; around = around.parentElement) {
    if (around instanceof HTMLDetailsElement) around.open = true;
  }
}

function goTo(element: HTMLElement): void {
  for (const other of document.querySelectorAll('.linked')) other.classList.remove('linked');
  element.classList.add('linked');
  element.scrollIntoView({ block: 'center' });
  element.focus({ preventScroll: true });
}

/** The page holds few of the runs that it counts. */
function unlisted(token: string, data: ReportData): HTMLElement {
  const [, scenario = '', seed = ''] = token.split(':');
  const finding = data.findings.find((one) => one.scenario === scenario && one.seeds.includes(Number(seed)));
  const known =
    finding === undefined
      ? `This page has no entry for ${scenario}, seed ${seed}: it lists failures and the slowest runs.`
      : `${scenario}, seed ${seed} failed as others did that are listed under ${finding.invariant ?? 'Failures'}.`;
  return el('div', { class: 'notice' }, el('p', {}, `${known} This line plays it again:`), replay(token, data.files));
}
