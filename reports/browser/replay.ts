import { replayLine } from '../../scenarios/result.ts';
import { el } from './dom.ts';

/** A line to paste into a terminal, with a button that copies it. */
export function pasteLine(line: string): HTMLElement {
  const code = el('code', {}, line);
  const button = el('button', { type: 'button', class: 'quiet copy' }, 'Copy');
  button.addEventListener('click', () => {
    void copy(line, code).then((said) => {
      button.textContent = said;
      setTimeout(() => (button.textContent = 'Copy'), 2000);
    });
  });
  return el('span', { class: 'paste' }, code, button);
}

export function replay(token: string, files: readonly string[]): HTMLElement {
  return pasteLine(replayLine(token, files));
}

/** Where a page may not reach the clipboard, the line is marked for the reader to copy. */
async function copy(line: string, code: HTMLElement): Promise<string> {
  try {
    await navigator.clipboard.writeText(line);
    return 'Copied';
  } catch {
    getSelection()?.selectAllChildren(code);
    return 'Press Ctrl+C';
  }
}
