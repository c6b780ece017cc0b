/** Waiting by a clock that is given. */
export interface Clock {
	/** ms since epoch */
	now(): number;
	/** Runs `task` after `ms`; returns how to cancel it. */
	after(ms: number, task: () => void): () => void;
}

export const LATE: unique symbol = Symbol('late');

export const sleep = (time: Clock, ms: number): Promise<void> =>
	new Promise((resolve) => {
		time.after(ms, resolve);
	});

/** What `work` comes to within `ms`, else `LATE`. Work that is late goes on, and its failure is nobody's. */
export function within<T>(time: Clock, ms: number, work: Promise<T>): Promise<T | typeof LATE> {
	return new Promise((resolve, reject) => {
		const cancel = time.after(ms, () => resolve(LATE));
		work.then(
			(value) => {
				cancel();
				resolve(value);
			},
			(error: unknown) => {
				cancel();
				reject(error);
			},
		);
	});
}
