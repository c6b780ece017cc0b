import { expect, it } from 'vitest';
import { watch } from '../../src/gateway/watchdog';
import { virtualTime } from '../support/virtual-time';

/** Longest that a timer can be armed for (ms): beyond it, it goes off at once. */
const LONGEST_MS = 2 ** 31 - 1;

it('arms no timer for longer than one can be, and still waits as long as it is told', async () => {
	const time = virtualTime();
	const armed: number[] = [];
	const after = (ms: number, task: () => void) => {
		armed.push(ms);
		return time.after(ms, task);
	};
	const year = 31_536_000_000;
	const expired: unknown[] = [];
	const never = Number.POSITIVE_INFINITY;
	watch({ now: time.now, after }, { firstEventMs: year, idleMs: year, commitBy: never, totalBy: never }, (error) =>
		expired.push(error),
	);
	await time.advance(year - 1);
	expect(expired).toEqual([]);
	await time.advance(1);
	expect(expired).toMatchObject([{ upstream: { limit: 'first-event' } }]);
	expect(Math.max(...armed)).toBeLessThanOrEqual(LONGEST_MS);
	expect(armed.length).toBeLessThan(20);
});
