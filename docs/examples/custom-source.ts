import { Collision, SourceFailed, type Ask, type Found, type Lease, type Self, type Source } from 'rollcall/core';

/** As much of a database as this needs. With `pg`: `query: async (sql, values) => (await pool.query(sql, values)).rows`. */
export interface Database {
  query(sql: string, values: readonly unknown[], signal: AbortSignal): Promise<readonly Row[]>;
}

interface Row {
  readonly id: string;
  readonly address: string;
}

/**
 * CREATE TABLE nodes (
 *   cluster text NOT NULL, id text NOT NULL, address text NOT NULL, seen timestamptz NOT NULL, PRIMARY KEY (cluster, id)
 * );
 */
const ALIVE = `seen > now() - interval '30 seconds'`;
const SELECT = `SELECT id, address FROM nodes WHERE cluster = $1 AND ${ALIVE} ORDER BY id`;
/** One statement, so that of two nodes that come at once only one gets the row: a row that lives belongs to its address. */
const ENTER = `INSERT INTO nodes VALUES ($1, $2, $3, now()) ON CONFLICT (cluster, id)
  DO UPDATE SET address = $3, seen = now() WHERE nodes.address = $3 OR NOT nodes.${ALIVE} RETURNING id, address`;
const KEEP = `UPDATE nodes SET seen = now() WHERE cluster = $1 AND id = $2 AND address = $3 RETURNING id, address`;
const LEAVE = `DELETE FROM nodes WHERE cluster = $1 AND id = $2 AND address = $3`;

/** Peers that enter themselves in a table. */
export function sqlSource(database: Database, cluster = ''): Source {
  const method = 'sql';
  const query = async (sql: string, values: readonly unknown[], { signal }: Ask): Promise<readonly Row[]> => {
    try {
      return await database.query(sql, [cluster, ...values], signal);
    } catch (cause) {
      // A database that cannot be asked is never an empty list.
      throw new SourceFailed(method, 'the table of nodes cannot be read or written; is the database up?', { cause });
    }
  };
  const list = (ask: Ask): Promise<readonly Row[]> => query(SELECT, [], ask);
  return {
    method,
    async discover(ask): Promise<Found> {
      const candidates = await list(ask);
      const found = { candidates, lifetimeMs: 10_000, complete: true, warnings: [] };
      return candidates.length > 0 ? found : { ...found, nobody: 'the table has no row that lives' };
    },
    lookup: async (id, ask) => (await list(ask)).find((row) => row.id === id),
    async register({ id, address }: Self, ask): Promise<Lease> {
      const [row] = await query(ENTER, [id, address], ask);
      if (row === undefined) {
        const holder = (await list(ask)).find((other) => other.id === id);
        throw new Collision(method, id, holder?.address ?? 'another node');
      }
      return {
        // A third of what a row lives: two lost heartbeats do no harm.
        keepEveryMs: 10_000,
        keep: async (again) => (await query(KEEP, [id, address], again)).length > 0,
        release: async (last) => void (await query(LEAVE, [id, address], last)),
      };
    },
  };
}
