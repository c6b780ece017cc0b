/** A clock that moves only when told to: no test sleeps. */
import type { Time } from '../../src/gateway/ports';

export interface VirtualTime extends Time {
	/** Moves on by `ms`, running what falls due in order; what those tasks started has settled after each. */
	advance(ms: number): Promise<void>;
	/** Tasks still waiting. */
	pending(): number;
}

interface Task {
	readonly at: number;
	readonly order: number;
	readonly run: () => void;
}

// Taken at load, so that a test with fake timers can't stop the flush.
const immediate: unknown = Reflect.get(globalThis, 'setImmediate');
const timeout = globalThis.setTimeout;

/** One turn of the event loop: every promise chain that needs no I/O has run to its end. */
function settled(): Promise<void> {
	return new Promise((resolve) => {
		if (typeof immediate === 'function') immediate(resolve);
		else timeout(resolve, 0);
	});
}

const isEarlier = (left: Task, right: Task): boolean =>
	left.at < right.at || (left.at === right.at && left.order < right.order);

/** `startMs` is ms since epoch. A task that throws makes `advance` reject. */
export function virtualTime(startMs = Date.UTC(2026, 0, 1)): VirtualTime {
	let now = startMs;
	let order = 0;
	const tasks = new Set<Task>();

	function nextBefore(end: number): Task | undefined {
		let next: Task | undefined;
		for (const task of tasks) if (task.at <= end && (!next || isEarlier(task, next))) next = task;
		return next;
	}

	return {
		now: () => now,
		after(ms, run) {
			const task: Task = { at: now + Math.max(0, ms), order: order++, run };
			tasks.add(task);
			return () => {
				tasks.delete(task);
			};
		},
		async advance(ms) {
			const end = now + ms;
			await settled();
			for (let task = nextBefore(end); task; task = nextBefore(end)) {
				tasks.delete(task);
				now = Math.max(now, task.at);
				task.run();
				await settled();
			}
			now = end;
			await settled();
		},
		pending: () => tasks.size,
	};
}
