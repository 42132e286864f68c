/** What the membership program (simulator/member.ts) emits on its host. Invariants and metrics live on these. */
export type { Observation as MemberEvent } from '../core/membership/observation.ts';
