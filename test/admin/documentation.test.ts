import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROUTES } from '../../core/admin/routes.ts';

test('the page on the admin interface tells every route, in their order, and no other', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/admin.md'), 'utf8');
  const told = [...page.matchAll(/`((?:GET|POST) \/[^`]*)`/g)].map(([, route]) => route);
  expect(told).toEqual(ROUTES.map(({ method, path }) => `${method} ${path}`));
});
