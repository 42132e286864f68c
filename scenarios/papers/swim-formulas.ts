/** The closed forms of "SWIM: Scalable Weakly-consistent Infection-style Process Group Membership Protocol" (DSN 2002). */

/** Periods until somebody pings a failed member, when every other one picks at random: e/(e - 1) in large groups. */
export function detectionAtRandom(size: number): number {
  return 1 / (1 - missedAtRandom(size));
}

export const DETECTION_LIMIT = Math.E / (Math.E - 1);

/** The chance that none of `size - 1` members, each picking one of its `size - 1` others, picks a given one. */
function missedAtRandom(size: number): number {
  return (1 - 1 / (size - 1)) ** (size - 1);
}

/**
 * The same for the shuffled round robin of section 4.3, exactly. A member that has `left` picks before its next
 * shuffle has not picked a given other one within `r` picks with chance (1 - min(r, left)/m)(1 - max(0, r - left)/m)
 * of its `m` others. All members began at once, so `left` is the same for all, and equally likely to be any.
 */
export function detectionInTurn(size: number): number {
  const others = size - 1;
  let sum = 0;
  for (let left = 1; left <= others; left += 1) {
    for (let rounds = 0; rounds < 2 * others; rounds += 1) sum += unpicked(others, left, rounds) ** others;
  }
  return sum / others;
}

/**
 * From a crash to its first suspicion, in periods, for shuffled round robin and members of random phases: the first
 * ping, and the whole period that it is given.
 */
export function suspicionInTurn(size: number): number {
  const others = size - 1;
  let sum = 0;
  for (let left = 1; left <= others; left += 1) {
    for (let rounds = 0; rounds < 2 * others; rounds += 1) {
      // Within a period the chance of not having picked falls in a straight line from `before` to `after`.
      const before = unpicked(others, left, rounds);
      const after = unpicked(others, left, rounds + 1);
      if (before > after) sum += (before ** size - after ** size) / (size * (before - after));
      else sum += before ** others;
    }
  }
  return sum / others + 1;
}

function unpicked(others: number, left: number, picks: number): number {
  const inThisPass = Math.min(picks, left);
  const inTheNext = Math.min(picks - inThisPass, others);
  return (1 - inThisPass / others) * (1 - inTheNext / others);
}

/** The chance that one probe of a live member fails although datagrams arrive with chance `arrives` each (section 3). */
export function probeFails(arrives: number, relays: number): number {
  return (1 - arrives ** 2) * (1 - arrives ** 4) ** relays;
}

/** The paper's PM(T): that, over the e/(e - 1) periods in which a failure is found. */
export function falseDetection(arrives: number, relays: number): number {
  return probeFails(arrives, relays) * DETECTION_LIMIT;
}

/** Periods that a suspicion lasts, and how often an update is sent: 3 * ceil(ln(n + 1)). */
export function suspicionPeriods(size: number): number {
  return 3 * Math.ceil(Math.log(size + 1));
}

/** Periods until half of a group is infected, by the logistic curve of section 4.1 with two contacts per period. */
export function medianInfection(size: number): number {
  return Math.log(size - 1) / 2;
}

/** Periods until an infection that lasts for 3 ln n of them has reached all but n^-4 of the group (section 4.1). */
export function infectionOfAll(size: number): number {
  return 3 * Math.log(size);
}
