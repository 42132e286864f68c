/** Where failures are kept unless another place is named: test runners look there. */
export const REGRESSIONS = 'test/regressions';
