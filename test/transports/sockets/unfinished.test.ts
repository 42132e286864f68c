import { expect, test } from 'vitest';
import { UnfinishedMessages } from '../../../transports/sockets/unfinished.ts';

const MEBIBYTE = 1024 * 1024;

test('when unfinished messages take up too much, the longest is cut, and those that came to an end count no longer', () => {
  const messages = new UnfinishedMessages();
  const cut: string[] = [];
  const holder = (name: string) => ({ crowdOut: () => void cut.push(name) });
  const [hog, honest, ended, late] = [holder('hog'), holder('honest'), holder('ended'), holder('late')];
  messages.hold(ended, 19 * MEBIBYTE);
  messages.release(ended);
  messages.hold(honest, 10 * MEBIBYTE);
  for (let i = 0; i < 54; i++) messages.hold(hog, MEBIBYTE);
  expect(cut).toEqual([]);
  messages.hold(late, 1);
  expect(cut).toEqual(['hog']);
  messages.hold(late, 50 * MEBIBYTE);
  expect(cut).toEqual(['hog']);
});
