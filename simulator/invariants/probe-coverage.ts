import type { Micros } from '../../core/ports/clock.ts';
import type { HostView } from '../invariant.ts';
import { Belief, isListed } from './beliefs.ts';
import { type Bounds, withMargin } from './bounds.ts';
import type { Rule } from './rule.ts';

const ID = 'probe-coverage';

/**
 * SWIM's time-bounded completeness (section 4.3), counted in the observer's own probe turns: two probes of one
 * member lie at most 2n-1 turns apart, and each member that joins the list in between may push it back by one. And
 * the turns themselves come, at the slowest at the pace of the worst health.
 */
export function probeCoverage(boundsFor: (hosts: number) => Bounds): Rule {
  return {
    id: ID,
    words:
      "No listed member stays unprobed for more than 2n-1 of the observer's probe turns, plus one per insertion; turns do not stop.",
    create({ world, cluster }) {
      const bounds = boundsFor(world.hosts.length);
      const longestGap = withMargin(bounds.longestTurn);
      const rows = world.hosts.length;
      let columns = cluster.subjects;
      /** Turns made less members inserted, by host: the clock that the law is counted on. */
      const clock = new Int32Array(rows);
      const turns = new Int32Array(rows);
      const lastTurn = new Float64Array(rows);
      const inspected = new Int32Array(rows);
      /** The observer's clock when the subject was last probed or became listed. */
      let marks = new Int32Array(rows * columns);

      const widen = () => {
        const wider = new Int32Array(rows * cluster.subjects);
        for (let row = 0; row < rows; row++) {
          wider.set(marks.subarray(row * columns, (row + 1) * columns), row * cluster.subjects);
        }
        marks = wider;
        columns = cluster.subjects;
      };
      const judge = (host: HostView, column: number) => {
        const waited = (clock[host.index] as number) - (marks[host.index * columns + column] as number);
        const allowed = 2 * Math.max(1, columns - 1) - 1;
        if (waited <= allowed) return;
        marks[host.index * columns + column] = clock[host.index] as number;
        const name = cluster.nameOf(column);
        world.violate({
          invariant: ID,
          subject: `${host.name}>${name}`,
          phase: 'always',
          detail: `${host.name} lists ${name} and let ${waited} probe turns pass without it, of at most ${allowed}`,
        });
      };
      return {
        onFresh(host) {
          clock[host.index] = 0;
          marks.fill(0, host.index * columns, (host.index + 1) * columns);
        },
        onTransition(change) {
          if (columns < cluster.subjects) widen();
          if (change.own && change.before === Belief.unknown) lastTurn[change.observer.index] = world.now();
          if (!isListed(change.after) || isListed(change.before)) return;
          const row = change.observer.index;
          clock[row] = (clock[row] as number) - 1;
          marks[row * columns + change.subject] = clock[row] as number;
        },
        onProbe(host, subject) {
          if (columns < cluster.subjects) widen();
          const row = host.index;
          lastTurn[row] = world.now();
          turns[row] = (turns[row] as number) + 1;
          clock[row] = (clock[row] as number) + 1;
          if (subject >= 0) {
            // The turn that probes it does not count as one without it.
            marks[row * columns + subject] = (marks[row * columns + subject] as number) + 1;
            judge(host, subject);
            marks[row * columns + subject] = clock[row] as number;
          }
          // One more cell per turn finds those that are never probed, at no cost to speak of.
          const column = ((inspected[row] as number) + 1) % columns;
          inspected[row] = column;
          if (column !== cluster.ownColumn(host) && isListed(cluster.beliefs.belief(row, column))) judge(host, column);
        },
        onTick() {
          const now = world.now();
          for (const host of world.hosts) {
            if (host.paused || !cluster.isPresent(host) || cluster.listed(host) < 2) continue;
            const idleSince: Micros = Math.max(
              lastTurn[host.index] as number,
              host.since,
              world.lastTouched(host.name),
            );
            if (now - idleSince <= longestGap) continue;
            lastTurn[host.index] = now;
            world.violate({
              invariant: ID,
              subject: host.name,
              phase: 'always',
              detail: `${host.name} lists others and began no probe turn for ${((now - idleSince) / 1_000_000).toFixed(3)} s`,
            });
          }
        },
      };
    },
  };
}
