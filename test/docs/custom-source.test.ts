import { describe, expect, test, vi } from 'vitest';
import { Collision, SourceFailed } from '../../core/discovery/source.ts';
import { sqlSource, type Database } from '../../docs/examples/custom-source.ts';
import { nodeProgram, type NodeInspection } from '../../simulator/node-program.ts';
import { playedWorld } from '../contract/played-world.ts';
import { self } from '../contract/registry.contract.ts';
import { patient } from '../discovery/asking.ts';

// The example imports what readers install; here it must be the same classes as those of the nodes.
vi.mock('rollcall/core', () => import('../../core/index.ts'));

const LIFE_MS = 30_000;

interface TableRow {
  readonly id: string;
  readonly address: string;
  readonly seen: number;
}

/** A table that does what the statements of the example say, at the time of its clock. */
class Table {
  readonly rows = new Map<string, TableRow>();
  down = false;
  now = (): number => 0;

  readonly database: Database = {
    query: async (sql, [cluster, id, address]) => {
      if (this.down) throw new Error('connect ECONNREFUSED');
      const key = `${String(cluster)}/${String(id)}`;
      const row = this.rows.get(key);
      const mine = { id: String(id), address: String(address), seen: this.now() };
      const isMine = row?.address === mine.address;
      const verb = sql.split(' ')[0];
      if (verb === 'SELECT')
        return [...this.rows]
          .filter(([at, one]) => at.startsWith(`${String(cluster)}/`) && this.lives(one))
          .map(([, one]) => one);
      if (verb === 'INSERT' && row !== undefined && this.lives(row) && !isMine) return [];
      if (verb === 'DELETE') return isMine && this.rows.delete(key) ? [mine] : [];
      if (verb === 'UPDATE' && !isMine) return [];
      this.rows.set(key, mine);
      return [mine];
    },
  };

  lives({ seen }: TableRow): boolean {
    return seen > this.now() - LIFE_MS;
  }
}

describe('the example of a source of your own', () => {
  test('enters, finds, keeps, looks up and leaves', async () => {
    const table = new Table();
    const source = sqlSource(table.database);
    expect(await source.discover(patient)).toMatchObject({ candidates: [], nobody: expect.any(String) });
    const lease = await source.register!(self('a', '10.0.0.1:7946'), patient);
    await source.register!(self('a', '10.0.0.1:7946'), patient);
    await expect(source.register!(self('a', '10.0.0.2:7946'), patient)).rejects.toBeInstanceOf(Collision);
    expect(await source.lookup!('a', patient)).toMatchObject({ address: '10.0.0.1:7946' });
    expect((await sqlSource(table.database, 'other').discover(patient)).candidates).toEqual([]);
    expect(await lease.keep(patient)).toBe(true);
    table.rows.clear();
    expect(await lease.keep(patient)).toBe(false);
    await lease.release(patient);
    table.down = true;
    await expect(source.discover(patient)).rejects.toBeInstanceOf(SourceFailed);
  });

  test('brings nodes together, and forgets one that died', async () => {
    const table = new Table();
    const node = nodeProgram({
      config: { cluster: { enabled: true, data_dir: '' } },
      sources: (host) => {
        table.now = () => host.clock.wallTime();
        return [sqlSource(table.database)];
      },
    });
    const { world, pause } = await playedWorld({ a: node, b: node, c: node }, [
      { id: 'crash', at: 60_000_000, kind: 'crash', hosts: ['c'] },
    ]);
    await pause(30_000);
    const { cluster } = world.host('a')!.running!.inspect as NodeInspection;
    expect(
      cluster.membership
        .members()
        .map(({ name }) => name)
        .toSorted(),
    ).toEqual(['a', 'b', 'c']);
    expect([...table.rows.values()].map(({ id }) => id).toSorted()).toEqual(['a', 'b', 'c']);
    await pause(80_000);
    expect((await sqlSource(table.database).discover(patient)).candidates.map(({ id }) => id).toSorted()).toEqual([
      'a',
      'b',
    ]);
  });
});
