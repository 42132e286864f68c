import { el } from './dom.ts';

type Theme = 'light' | 'dark';

const KEY = 'rollcall-theme';
const CHANGED = 'rollcall-theme-changed';

/** As the reader chose, or else as the system is. A page from a file may be denied its storage. */
function chosen(): Theme | undefined {
  try {
    const theme = localStorage.getItem(KEY);
    return theme === 'light' || theme === 'dark' ? theme : undefined;
  } catch {
    return undefined;
  }
}

function remember(theme: Theme): void {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // Then the choice lasts for as long as the page.
  }
}

function show(theme: Theme): void {
  document.documentElement.dataset['theme'] = theme;
  document.dispatchEvent(new Event(CHANGED));
}

/** Called whenever colours change: what is painted on a canvas does not follow by itself. */
export function onThemeChange(listener: () => void): void {
  document.addEventListener(CHANGED, listener);
}

/** A colour of the style sheet, such as `--ink`, as a canvas understands it. */
export function colour(name: `--${string}`): string {
  const probe = el('i', { hidden: true });
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}

/** Begins with the right colours and returns the switch between them. On paper it is always light. */
export function themeSwitch(): HTMLButtonElement {
  const system = matchMedia('(prefers-color-scheme: dark)');
  let theme: Theme = 'light';
  const button = el('button', { type: 'button', class: 'quiet', id: 'theme' });
  const turn = (to: Theme): void => {
    theme = to;
    show(theme);
    button.textContent = theme === 'dark' ? 'Light colours' : 'Dark colours';
  };
  const follow = (): void => turn(chosen() ?? (system.matches ? 'dark' : 'light'));
  follow();
  button.addEventListener('click', () => {
    turn(theme === 'dark' ? 'light' : 'dark');
    remember(theme);
  });
  system.addEventListener('change', follow);
  addEventListener('beforeprint', () => show('light'));
  addEventListener('afterprint', () => show(theme));
  return button;
}
