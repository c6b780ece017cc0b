/** Clocks are set right now and then: steps that small change nothing (ms). */
const STEP_MS = 5_000;

/** Was that heard in a future that has been taken back? Whoever moves hosts may find an earlier time there. */
export const hasGoneBack = (heardAt: number, now: number): boolean => heardAt - now > STEP_MS;
