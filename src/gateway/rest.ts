/** Waiting that the caller can end. */
import type { Time } from './ports';

/** Resolves after `ms`, or as soon as the caller leaves. */
export function rest(ms: number, signal: AbortSignal | null, time: Pick<Time, 'after'>): Promise<void> {
	return new Promise((resolve) => {
		if (signal?.aborted) return resolve();
		const leave = (): void => {
			cancel();
			resolve();
		};
		const cancel = time.after(ms, () => {
			signal?.removeEventListener('abort', leave);
			resolve();
		});
		signal?.addEventListener('abort', leave, { once: true });
	});
}
