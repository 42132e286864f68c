import { expect, test } from 'vitest';
import { silentLog } from '../../core/ports/log.ts';
import { Registration, type RegistrationState } from '../../core/discovery/registration.ts';
import { Collision, type Lease, type Self } from '../../core/discovery/source.ts';
import { broken, Timed } from './timed.ts';

const SELF: Self = { id: 'a', address: '10.0.0.1:7946', label: '', tags: {}, admin: undefined };

/** A backend with leases of 30 seconds that does as the test says. */
class Backend {
  readonly method = 'backend';
  registered: Self[] = [];
  leases = 0;
  kept: number[] = [];
  released: number[] = [];
  trouble: Error | 'silence' | undefined;
  lost = new Set<number>();

  discover = (): Promise<never> => Promise.reject(broken());

  keepEveryMs = 10_000;
  delaySeconds = 0;
  time: Timed | undefined;
  under = 0;
  /** Questions under way at the same time. */
  most = 0;

  register = async (self: Self): Promise<Lease> => {
    this.under += 1;
    this.most = Math.max(this.most, this.under);
    if (this.delaySeconds > 0) await this.time!.sleep(this.delaySeconds);
    this.under -= 1;
    await this.#answer();
    this.registered.push(self);
    this.leases += 1;
    const lease = this.leases;
    return {
      keepEveryMs: this.keepEveryMs,
      keep: async () => {
        await this.#answer();
        this.kept.push(lease);
        return !this.lost.has(lease);
      },
      release: async () => {
        await this.#answer();
        this.released.push(lease);
      },
    };
  };

  #answer(): Promise<void> {
    if (this.trouble === 'silence') return new Promise(() => {});
    return this.trouble === undefined ? Promise.resolve() : Promise.reject(this.trouble);
  }
}

async function registering(self: () => Self = () => SELF) {
  const time = await Timed.begin();
  const backend = new Backend();
  backend.time = time;
  const { clock, random } = time;
  const registration = new Registration(backend, { clock, random, log: silentLog, deadlineMs: 2_000, self });
  return { time, backend, registration };
}

test('a node is entered at once, and kept before its lease is over', async () => {
  const { time, backend, registration } = await registering();
  registration.begin();
  await time.pass(60);
  expect(registration.state).toBe<RegistrationState>('active');
  expect(backend.registered).toEqual([SELF]);
  expect(backend.kept.length).toBeGreaterThanOrEqual(5);
});

test('a lease that the backend has lost is replaced by another one, whose life counts from then on', async () => {
  const { time, backend, registration } = await registering();
  registration.begin();
  await time.pass(1);
  backend.lost.add(1);
  await time.pass(40);
  expect(backend.registered).toHaveLength(2);
  expect(backend.kept.at(-1)).toBe(2);
  expect(registration.state).toBe('active');
});

test('a backend that cannot be asked is asked again until it answers, ever more slowly', async () => {
  const { time, backend, registration } = await registering();
  backend.trouble = broken();
  registration.begin();
  await time.pass(120);
  expect(registration).toMatchObject({ state: 'failing', problem: 'x: the backend is broken.' });
  backend.trouble = undefined;
  await time.pass(31);
  expect(registration).toMatchObject({ state: 'active', problem: undefined });
});

test('a backend that is silent keeps nobody waiting, and what it says too late is not heard', async () => {
  const { time, backend, registration } = await registering();
  registration.begin();
  await time.pass(1);
  backend.trouble = 'silence';
  await time.pass(15);
  expect(registration.state).toBe('failing');
  backend.trouble = undefined;
  await time.pass(31);
  expect(registration.state).toBe('active');
  expect(backend.registered).toHaveLength(1);
});

test('an id that somebody else holds is not taken from him; it is when he is gone', async () => {
  const { time, backend, registration } = await registering();
  backend.trouble = new Collision('backend', 'a', '10.0.0.9:7946');
  registration.begin();
  await time.pass(5);
  expect(registration.state).toBe('taken');
  expect(registration.problem).toContain('10.0.0.9:7946');
  backend.trouble = undefined;
  await time.pass(60);
  expect(registration.state).toBe('active');
});

test('an entry is taken back when the node leaves, within its deadline even if the backend is silent', async () => {
  const { time, backend, registration } = await registering();
  registration.begin();
  await time.pass(1);
  void registration.end(2_000);
  await time.pass(0.1);
  expect([backend.released, registration.state]).toEqual([[1], 'released']);
  const other = await registering();
  other.registration.begin();
  await other.time.pass(1);
  other.backend.trouble = 'silence';
  let ended = false;
  void other.registration.end(2_000).then(() => (ended = true));
  await other.time.pass(2.1);
  expect(ended).toBe(true);
  await other.time.pass(60);
  expect(other.time.timers).toBe(0);
});

test('an entry that was on its way when the node left is not kept', async () => {
  const { time, backend, registration } = await registering();
  backend.trouble = 'silence';
  registration.begin();
  await time.pass(0.5);
  void registration.end(2_000);
  await time.pass(60);
  expect([registration.state, backend.kept, time.timers]).toEqual(['released', [], 0]);
});

test('an entry that the backend makes while the node leaves is taken back', async () => {
  const { time, backend, registration } = await registering();
  backend.delaySeconds = 1;
  registration.begin();
  await time.pass(0.5);
  void registration.end(2_000);
  await time.pass(5);
  expect([backend.registered.length, backend.released]).toEqual([1, [1]]);
});

test('changes in quick succession make one entry after the other, and keep the last', async () => {
  const { time, backend, registration } = await registering();
  backend.delaySeconds = 1;
  registration.begin();
  for (let i = 0; i < 5; i++) {
    await time.pass(0.1);
    registration.renew();
  }
  await time.pass(30);
  expect(backend.most).toBe(1);
  expect(registration.state).toBe('active');
  expect(new Set(backend.kept)).toEqual(new Set([backend.leases]));
});

test('a backend that asks for patience gets it', async () => {
  const { time, backend, registration } = await registering();
  backend.trouble = broken('x', 60_000);
  let asked = 0;
  const register = backend.register;
  backend.register = (self) => {
    asked += 1;
    return register(self);
  };
  registration.begin();
  await time.pass(55);
  expect(asked).toBe(1);
});

test('a lease that wants to be kept all the time, or never, is kept every second', async () => {
  for (const keepEveryMs of [0, -5, Number.NaN]) {
    const { time, backend, registration } = await registering();
    backend.keepEveryMs = keepEveryMs;
    registration.begin();
    await time.pass(10);
    expect(backend.kept.length).toBeGreaterThan(8);
    expect(backend.kept.length).toBeLessThan(13);
  }
});

test('what others are told is entered anew when it changes', async () => {
  let tags: Record<string, string> = {};
  const { time, backend, registration } = await registering(() => ({ ...SELF, tags }));
  registration.begin();
  await time.pass(1);
  tags = { role: 'db' };
  registration.renew();
  await time.pass(1);
  expect(backend.registered.map((self) => self.tags)).toEqual([{}, { role: 'db' }]);
  await time.pass(40);
  expect(new Set(backend.kept)).toEqual(new Set([2]));
});
