/** What the command tells its caller. Part of the public interface: scripts and workflows branch on these. */
export const ExitCode = {
  /** All that was played passed, also when a time limit ended it. */
  pass: 0,
  /** An invariant, an expectation, a bound or a *sometimes* point failed; or a node did not do what it was asked. */
  failed: 1,
  /** Something that was typed, or a file that was named, cannot be used. */
  usage: 2,
  nondeterministic: 3,
  interrupted: 130,
} as const;
