import { describe, expect, test } from 'vitest';
import { impurities } from './purity.ts';
import { readRooms, roomOf } from './source-tree.ts';

const pureRooms = readRooms().filter(({ path }) => ['core', 'simulator'].includes(roomOf(path) ?? ''));

test('core and simulator use nothing that differs between runs, engines or platforms', () => {
  expect(pureRooms.length).toBeGreaterThan(0);
  expect(pureRooms.flatMap(impurities)).toEqual([]);
});

describe('an impurity is found', () => {
  test.each([
    [`const t = Date.now();`, 'mentions Date'],
    [`const t = new Date();`, 'mentions Date'],
    [`const t = performance.now();`, 'mentions performance'],
    [`export const draw = () => Math.random();`, 'uses Math.random'],
    [`export const f = (x: number) => Math.log(x);`, 'uses Math.log'],
    [`export const f = (x: number) => x ** 3;`, 'uses **'],
    [`export function f(x: number) { x **= 2; return x; }`, 'uses **='],
    [`const { random } = Math;`, 'takes Math apart'],
    [`setTimeout(() => {}, 5);`, 'mentions setTimeout'],
    [`queueMicrotask(() => {});`, 'mentions queueMicrotask'],
    [`const home = process.env['HOME'];`, 'mentions process'],
    [`const hidden = globalThis['Date'];`, 'mentions globalThis'],
    [`void fetch('http://x');`, 'mentions fetch'],
    [`const id = crypto.randomUUID();`, 'mentions crypto'],
    [`const c = new Intl.Collator();`, 'mentions Intl'],
    [`const w = new WeakRef({});`, 'mentions WeakRef'],
    [`export const f = (a: string, b: string) => a.localeCompare(b);`, 'calls localeCompare'],
    [`let count = 0;`, 'keeps module-level state in a let'],
    [`export let count = 0;`, 'keeps module-level state in a let'],
    [`const cache = new Map<string, number>();`, 'keeps module-level state in an empty container'],
    [`export const seen: string[] = [];`, 'keeps module-level state in an empty container'],
  ])('%s', (text, finding) => {
    expect(impurities({ path: 'core/a.ts', text })).toEqual([`core/a.ts:1 ${finding}`]);
  });
});

describe('nothing is found in', () => {
  test.each([
    [`export const f = (x: number) => Math.max(Math.floor(x), Math.LN2) % 2 ** 32;`],
    [`export function seal(crypto: { seal(): void }) { crypto.seal(); }`],
    [`export const f = (host: { process: number }) => host.process;`],
    [`export const names = { fetch: 1, process: 2 };`],
    [`export class A { #process = 1; get crypto() { return this.#process; } }`],
    [`export interface A { performance: number; crypto(): void }`],
    [`// Date.now() would differ between runs.\nexport const text = 'Math.random()';`],
    [`export function f() { let x = 0; const seen = new Map<string, number>(); seen.set('a', x++); return seen; }`],
    [`const NOBODY: readonly string[] = []; export const nobody = () => NOBODY;`],
    [`const LEVELS = new Map([['low', 1]]); export const level = (name: string) => LEVELS.get(name);`],
  ])('%s', (text) => {
    expect(impurities({ path: 'core/a.ts', text })).toEqual([]);
  });
});
