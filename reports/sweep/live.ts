/** Before so much is done, what is left is a guess. */
const TELLING_SHARE = 0.02;

/** How far a sweep is after so many seconds, and how long it will still take at that pace. */
export function sweepLine(share: number, seconds: number): string {
  const done = `Sweeping over size, loss and slowness: ${Math.floor(100 * share)} %`;
  if (share < TELLING_SHARE) return done;
  const left = (seconds / share) * (1 - share);
  return `${done}, ${left < 90 ? `${Math.ceil(left)} s` : `${Math.ceil(left / 60)} min`} left`;
}
