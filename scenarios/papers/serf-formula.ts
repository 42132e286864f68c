/** What Serf's convergence simulator asks for. */
export interface SerfCluster {
  readonly size: number;
  /** Members that hear from one member per gossip interval; 3 unless said otherwise. */
  readonly fanout?: number;
  /** The share of packets that is lost; 0 unless said otherwise. */
  readonly loss?: number;
  /** The share of members that has failed; 0 unless said otherwise. */
  readonly failed?: number;
}

/** The share of a cluster that has heard an update after so many gossip intervals, as Serf's simulator computes it. */
export function serfShare({ size, fanout = 3, loss = 0, failed = 0 }: SerfCluster, rounds: number): number {
  const perRound = 0.5 * fanout * (1 - loss) * (1 - failed);
  return 1 / (1 + (size + 1) * Math.exp(-perRound * rounds));
}

/** Whole gossip intervals until at least `share` of the cluster has heard. */
export function serfRounds(cluster: SerfCluster, share: number): number {
  let rounds = 0;
  while (serfShare(cluster, rounds) < share) rounds += 1;
  return rounds;
}
