import { spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { MILLISECOND, SECOND } from '../../core/ports/clock.ts';
import { systemClock } from '../../transports/clock.ts';

/** Runs a program on the clock and returns what it wrote; fails when it does not end by itself. */
function run(program: string): string {
  const source = `import { systemClock } from ${JSON.stringify(new URL('../../transports/clock.ts', import.meta.url).href)};
    const clock = systemClock(); ${program}`;
  const { stdout, stderr, signal } = spawnSync(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '-e', source],
    {
      encoding: 'utf8',
      timeout: 4_500,
    },
  );
  return `${stdout}${signal ?? ''}${stderr}`;
}

test('nothing keeps a process alive when every timer is cancelled', () => {
  expect(
    run('for (const timer of [clock.after(1e12, () => {}), clock.after(1e12, () => {})]) clock.cancel(timer);'),
  ).toBe('');
});

test('a task that throws stops neither the clock nor the tasks that are due with it', async () => {
  const written = run(`
    process.on('uncaughtException', (error) => process.stdout.write(error.message + ' '));
    clock.after(0, () => { throw new Error('broken'); });
    clock.after(0, () => process.stdout.write('with it '));
    clock.after(2_000, () => process.stdout.write('later'));`);
  expect(written).toBe('broken with it later');
});

test('a timer that is set before the next one to run moves the waking up, and cancelled ones do not hold it back', async () => {
  const clock = systemClock();
  const ran: string[] = [];
  const far = clock.after(3_600 * SECOND, () => ran.push('far'));
  const near = clock.after(MILLISECOND, () => ran.push('near'));
  clock.after(2 * MILLISECOND, () => ran.push('next'));
  clock.cancel(near);
  while (ran.length === 0) await sleep(1);
  expect(ran).toEqual(['next']);
  clock.cancel(far);
});
