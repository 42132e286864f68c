import type { Bounds } from './bounds.ts';
import { withMargin } from './bounds.ts';
import type { Rule, RuleChecker, Scene } from './rule.ts';

/** After the last fault every view comes to list exactly the live members, and stays so. */
export function convergence(boundsFor: (hosts: number) => Bounds): Rule {
  const id = 'convergence';
  return {
    id,
    words:
      'After the last fault, within the deadline of the settings, every live host lists exactly the live hosts as alive.',
    create: (scene) => deadlineOn(id, 'wrong', boundsFor, scene),
  };
}

/** What a member says of itself reaches all who list it. */
export function metadataSpreads(boundsFor: (hosts: number) => Bounds): Rule {
  const id = 'metadata-spreads';
  return {
    id,
    words:
      'After the last change, within the deadline of the settings, everybody knows every live member by its own address and metadata.',
    create: (scene) => deadlineOn(id, 'misinformed', boundsFor, scene),
  };
}

function deadlineOn(
  invariant: string,
  kind: 'wrong' | 'misinformed',
  boundsFor: (hosts: number) => Bounds,
  { world, cluster, agreement }: Scene,
): RuleChecker {
  const deadline = withMargin(boundsFor(world.hosts.length).converged);
  let reported = false;
  return {
    onTick() {
      if (reported || agreement[kind] === 0 || !world.healed()) return;
      const quiet = world.now() - cluster.quietSince();
      if (quiet < deadline) return;
      const example = agreement.example(kind);
      if (example === undefined) return;
      reported = true;
      world.violate({
        invariant,
        subject: example.pair,
        phase: 'after-healing',
        detail: `${example.detail}, ${(quiet / 1_000_000).toFixed(1)} s after the last fault; ${agreement[kind]} pairs in all`,
      });
    },
  };
}
