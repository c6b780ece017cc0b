/**
 * The client's end of a stream. Whoever writes learns here that the client has left: by a failed write, by the
 * body being cancelled, or because nothing was read for a minute. Silence is filled with a comment every 5 s,
 * since a leave shows only when something is written.
 */
import type { Time } from '../gateway/ports';

/** ms without a byte after which a keep-alive is written */
export const SILENCE_MS = 5_000;

/** ms that a write may wait for the client to read (nginx's `send_timeout`) */
export const STALL_MS = 60_000;

export interface OutletOptions {
	readonly time: Time;
	/** Bytes that mean nothing in this framing; none where the body is not ours to write into. */
	readonly keepAlive: Uint8Array;
	/** Bytes of the whole body, where known: one that is cut then shows as cut, while workerd ends a chunked one well. */
	readonly length?: number;
	/** Called once, when the client is known to have left. */
	readonly onLeave: (why: unknown) => void;
}

/** The identity stream of the platform: native in Workers, the standard's in Node. */
function pipe(length: number | undefined): {
	readable: ReadableStream<Uint8Array>;
	writable: WritableStream<Uint8Array>;
} {
	if (typeof IdentityTransformStream === 'undefined') return new TransformStream<Uint8Array, Uint8Array>();
	return length === undefined ? new IdentityTransformStream() : new FixedLengthStream(length);
}

export class Outlet {
	readonly readable: ReadableStream<Uint8Array>;
	readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
	readonly #options: OutletOptions;
	#open = true;
	/** Writes the client has not read yet. */
	#waiting = 0;
	/** ms since epoch of the last byte that was read, or of the oldest that still waits */
	#lastAt: number;
	#cancelTimer: () => void;

	constructor(options: OutletOptions) {
		const { readable, writable } = pipe(options.length);
		this.readable = readable;
		this.#writer = writable.getWriter();
		this.#options = options;
		this.#lastAt = options.time.now();
		this.#cancelTimer = options.time.after(SILENCE_MS, () => this.#tick());
		this.#writer.closed.catch((why: unknown) => this.leave(why));
	}

	/** False once the stream was closed or the client has left. */
	get open(): boolean {
		return this.#open;
	}

	/** Resolves when the client's side has taken the bytes. Throws where it has left. */
	async write(bytes: Uint8Array): Promise<void> {
		if (this.#waiting++ === 0) this.#lastAt = this.#options.time.now();
		try {
			await this.#writer.write(bytes);
			this.#lastAt = this.#options.time.now();
		} catch (why) {
			this.leave(why);
			throw why;
		} finally {
			this.#waiting--;
		}
	}

	/** Ends the stream well, after everything written. */
	async close(): Promise<void> {
		if (!this.#end()) return;
		await this.#writer.close().catch(() => undefined);
	}

	/** Ends the stream as cut. */
	async cut(why: unknown): Promise<void> {
		if (!this.#end()) return;
		await this.#writer.abort(why).catch(() => undefined);
	}

	/** The client has left: nothing more can be written. */
	leave(why: unknown): void {
		if (!this.#end()) return;
		this.#writer.abort(why).catch(() => undefined);
		this.#options.onLeave(why);
	}

	#end(): boolean {
		if (!this.#open) return false;
		this.#open = false;
		this.#cancelTimer();
		return true;
	}

	/** One timer, re-armed for what is left of the silence: no timer is set per chunk. */
	#tick(): void {
		if (!this.#open) return;
		const { time, keepAlive } = this.#options;
		const silent = time.now() - this.#lastAt;
		if (this.#waiting > 0 && silent >= STALL_MS) {
			this.leave(new Error('the client stopped reading'));
			return;
		}
		const due = this.#waiting > 0 ? STALL_MS : SILENCE_MS;
		if (silent >= due && keepAlive.byteLength > 0) this.write(keepAlive).catch(() => undefined);
		const next = silent >= due ? SILENCE_MS : Math.min(SILENCE_MS, due - silent);
		this.#cancelTimer = time.after(next, () => this.#tick());
	}
}
