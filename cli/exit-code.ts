/** What the command tells its caller. Part of the public interface: scripts, workflows and supervisors branch on these. */
export const ExitCode = {
  /** All that was played passed, also when a time limit ended it. */
  pass: 0,
  /**
   * An invariant, an expectation, a bound or a *sometimes* point failed; or a node did not do what it was asked, or could
   * not start just now.
   */
  failed: 1,
  /** Something that was typed, or a file that was named, cannot be used: the same would fail again. */
  usage: 2,
  nondeterministic: 3,
  interrupted: 130,
} as const;

/** Errors that may be gone at the next try, by their codes: a supervisor should make it. */
const PASSING: ReadonlySet<string> = new Set([
  'ADDRESS_IN_USE',
  'ADDRESS_NOT_AVAILABLE',
  'ADVERTISE_UNKNOWN',
  'BIND_FAILED',
  'NO_PEERS',
]);

export function exitCodeOf({ code }: { readonly code: string }): number {
  if (code === 'NONDETERMINISTIC') return ExitCode.nondeterministic;
  return PASSING.has(code) ? ExitCode.failed : ExitCode.usage;
}
