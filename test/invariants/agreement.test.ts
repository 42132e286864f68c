import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Agreement } from '../../simulator/invariants/agreement.ts';
import type { ClusterView } from '../../simulator/invariants/cluster-view.ts';
import type { Rule } from '../../simulator/invariants/rule.ts';
import { FakeWorld } from './fake-world.ts';

const HOSTS = ['a', 'b', 'c', 'd'];
/** Names that are no host's own come up too: strangers, and a name that two hosts claim. */
const NAMES = [...HOSTS, 'x', 'y', ''];

const step = fc.record({
  what: fc.constantFrom('tell', 'tell', 'tell', 'tell', 'self', 'alias', 'boot', 'crash', 'leave', 'stop'),
  host: fc.constantFrom(...HOSTS),
  subject: fc.constantFrom(...NAMES),
  to: fc.constantFrom('alive', 'suspect', 'dead', 'left', 'forgotten'),
  meta: fc.constantFrom('', 'red', 'blue'),
} as const);

test('what is kept up step by step equals what a fresh count finds, whatever happens', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      let cluster: ClusterView | undefined;
      let kept: Agreement | undefined;
      const rule: Rule = {
        id: 'watch',
        words: 'Watches.',
        create(scene) {
          cluster = scene.cluster;
          kept = scene.agreement;
          return {};
        },
      };
      const world = FakeWorld.formed(HOSTS.length, rule);
      for (const { what, host, subject, to, meta } of steps) {
        const up = world.host(host)!.up;
        if (what === 'crash' ? !up : what === 'boot' ? up : !up) continue;
        if (what === 'tell' && subject !== host) world.tell(host, subject, to, { meta });
        if (what === 'self') world.tell(host, host, 'alive', { cause: 'self', meta });
        if (what === 'alias') world.tell(host, subject, 'alive', { cause: 'self', meta });
        if (what === 'boot') world.boot(host);
        if (what === 'crash') world.crash(host);
        if (what === 'leave') world.emit(host, { type: 'leaving' });
        if (what === 'stop') world.emit(host, { type: 'stopped' });
        const fresh = new Agreement(cluster!);
        expect([kept!.wrong, kept!.misinformed]).toEqual([fresh.wrong, fresh.misinformed]);
        expect(kept!.wrong > 0).toBe(fresh.example('wrong') !== undefined);
      }
    }),
    { numRuns: 150 },
  );
});
