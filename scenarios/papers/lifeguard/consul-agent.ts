import { lan, type LifeguardParts, lifeguardWith, type MembershipSettings } from '../../../core/membership/settings.ts';
import { seededRandom } from '../../../core/random.ts';

/**
 * What the paper's agents ran: memberlist, whose local health is not to the letter that of the paper. The score lengthens
 * how long an answer is waited for and nothing else, it ends at 7, and failed probes count by their missing nacks. Nacks
 * themselves are ours: those of memberlist come too late for the turn of a healthy member.
 */
export function agentSettings(parts: LifeguardParts): MembershipSettings {
  const { healthMax, healthScalesTimeout, nacks, nackPercent } = lan;
  return {
    ...lifeguardWith(parts),
    ...(parts.probe && { healthMax, healthScalesTimeout, nacks, nackPercent, healthScalesTurn: false }),
  };
}

/** What a Consul agent says of itself. The identifier is what does not compress. */
export function agentTags(name: string): string {
  const random = seededRandom(`agent ${name}`);
  const hex = (digits: number) => Array.from({ length: digits }, () => random.int(16).toString(16)).join('');
  const id = [8, 4, 4, 4, 12].map(hex).join('-');
  return `role=node dc=dc1 id=${id} vsn=2 vsn_min=2 vsn_max=3 build=0.7.5:'21f2d5a segment=`;
}
