import type { ReportData } from '../html/data.ts';
import { byId, el, readData } from './dom.ts';
import { Filter } from './filter.ts';
import { headline } from './headline.ts';
import { followLinks } from './links.ts';
import { SECTIONS } from './sections.ts';
import { themeSwitch } from './theme.ts';

const data = readData<ReportData>();
const theme = themeSwitch();
const filter = new Filter(data.scenarios);
const notices = el('div', { id: 'notices', role: 'status', tabindex: -1 });
const sections = SECTIONS.flatMap(({ id, title, render }) => {
  const body = render(data, filter);
  return body === undefined ? [] : [{ id, title, body }];
});

byId('page').append(
  el('a', { class: 'skip', href: '#main' }, 'Skip to the results'),
  el('header', {}, el('h1', {}, 'Rollcall', el('span', { class: 'version' }, data.version)), theme),
  headline(data),
  notices,
  el(
    'div',
    { class: 'bar' },
    el('nav', { 'aria-label': 'Sections' }, ...sections.map(({ id, title }) => el('a', { href: `#${id}` }, title))),
    filter.element,
  ),
  el(
    'main',
    { id: 'main', tabindex: -1 },
    ...sections.map(({ id, title, body }) =>
      el('section', { id, 'aria-labelledby': `${id}-title` }, el('h2', { id: `${id}-title` }, title), ...body),
    ),
  ),
);

addEventListener('beforeprint', () => {
  for (const details of document.querySelectorAll('details')) details.open = true;
});
followLinks(data, filter, notices);
