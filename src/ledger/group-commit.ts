/**
 * Many changes, one commit. Replies wait behind a commit in flight (the output gate), so one begins no earlier
 * than max(20 ms, 4 × the last one's time) after the first change it holds, and never beside another. Where
 * storage was slow for once, a second is enough: closes wait for their commit, and their isolates not for ever.
 */
const LEAST_MS = 20;
const MOST_MS = 1_000;
const SHARE = 4;

export interface CommitPorts {
	/** ms since epoch */
	now(): number;
	/** Runs `task` after `ms`; returns how to cancel it. */
	after(ms: number, task: () => void): () => void;
	/** Hands everything queued to storage as one transaction, synchronously. */
	write(): void;
	/** Resolves once what was written is durable; where it is not, the runtime resets the object by itself. */
	sync(): Promise<void>;
	/** The write itself failed: memory is ahead of its log and must not go on. */
	failed(error: unknown): void;
}

interface Batch {
	/** Nobody has to wait for it: its failure is told to the object, too. */
	readonly promise: Promise<void>;
	readonly resolve: () => void;
	readonly reject: (error: unknown) => void;
}

function newBatch(): Batch {
	let resolve: Batch['resolve'] = () => undefined;
	let reject: Batch['reject'] = () => undefined;
	const promise = new Promise<void>((onDone, onFailed) => {
		resolve = onDone;
		reject = onFailed;
	});
	promise.catch(() => undefined);
	return { promise, resolve, reject };
}

export class GroupCommit {
	#queued: Batch | null = null;
	#running: Promise<void> | null = null;
	#cancel: (() => void) | null = null;
	/** What is queued is due, and waits only for the commit in flight. */
	#due = false;
	#lastMs = 0;

	constructor(private readonly ports: CommitPorts) {}

	/** Something changed: it goes with the next commit. */
	queue(): void {
		if (this.#queued) return;
		this.#open();
		this.#cancel = this.ports.after(Math.min(Math.max(LEAST_MS, SHARE * this.#lastMs), MOST_MS), () => this.#begin());
	}

	/** Commits at once, or right after the commit in flight. Resolves once that is durable. */
	now(): Promise<void> {
		const batch = this.#queued ?? this.#open();
		this.#begin();
		return batch.promise;
	}

	/** Resolves once everything queued so far is durable; rejects where storage failed. */
	settled(): Promise<void> {
		return this.#queued?.promise ?? this.#running ?? Promise.resolve();
	}

	#open(): Batch {
		const batch = newBatch();
		this.#queued = batch;
		return batch;
	}

	#begin(): void {
		this.#cancel?.();
		this.#cancel = null;
		const batch = this.#queued;
		if (!batch) return;
		if (this.#running) {
			this.#due = true;
			return;
		}
		this.#queued = null;
		this.#due = false;
		this.#running = batch.promise;
		void this.#commit(batch);
	}

	#write(): void {
		try {
			this.ports.write();
		} catch (error) {
			this.ports.failed(error);
			throw error;
		}
	}

	async #commit(batch: Batch): Promise<void> {
		const began = this.ports.now();
		try {
			this.#write();
			await this.ports.sync();
			batch.resolve();
		} catch (error) {
			batch.reject(error);
		}
		this.#lastMs = this.ports.now() - began;
		this.#running = null;
		if (this.#due) this.#begin();
	}
}
