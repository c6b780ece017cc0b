/**
 * Writes an answer from `waitUntil`: a body that is pulled may never hear that its client has left (measured),
 * a pump that writes always does, and then ends its sources, which settle the books.
 */
import type { HttpContext } from './context';
import { Outlet } from './outlet';

/** What is pumped: an async generator, or the reader of a body. */
export interface Source<Batch> {
	next(): Promise<IteratorResult<Batch, unknown>>;
	/** Ends it early; also where a `next` is pending. */
	return(): Promise<unknown>;
}

/** Turns what the sources give into bytes. Empty bytes are not written. */
export interface Encoder<Batch> {
	/** One batch of source number `source`, to be written at once. */
	push(source: number, batch: Batch): Uint8Array;
	/** Nothing may follow what was pushed last: the other sources are ended. */
	readonly over: boolean;
	/** A source threw. The last bytes of the answer, or null: cut the connection. */
	fail(error: unknown): Uint8Array | null;
	/** All sources are at their end. The last bytes of the answer. */
	end(): Uint8Array;
}

export interface Pumped {
	readonly body: ReadableStream<Uint8Array>;
	/** Resolves when everything is written, or ended because the client left. Never rejects. */
	readonly done: Promise<void>;
}

export interface PumpOptions<Batch> {
	readonly sources: readonly Source<Batch>[];
	readonly encoder: Encoder<Batch>;
	readonly keepAlive: Uint8Array;
	/** Bytes of the whole answer, where they are known. */
	readonly length?: number;
	/** Aborted when the client is known to have left. */
	readonly gone: AbortController;
}

class Pump<Batch> {
	readonly outlet: Outlet;
	/** Resolves when the client has left: a write that waits for it to read may never end by itself. */
	readonly #left: Promise<void>;

	constructor(
		private readonly options: PumpOptions<Batch>,
		c: HttpContext,
	) {
		let left: () => void = () => undefined;
		this.#left = new Promise((resolve) => {
			left = resolve;
		});
		this.outlet = new Outlet({
			time: c.var.composition.time,
			keepAlive: options.keepAlive,
			...(options.length !== undefined && { length: options.length }),
			onLeave: (why) => {
				options.gone.abort(why);
				void this.#endSources();
				left();
			},
		});
	}

	/** Never rejects. */
	async run(): Promise<void> {
		try {
			await Promise.race([this.#whole(), this.#left]);
		} catch (error) {
			await this.#failed(error);
		} finally {
			await this.outlet.close();
			await this.#endSources();
		}
	}

	async #whole(): Promise<void> {
		const { sources, encoder } = this.options;
		await Promise.all(sources.map((source, number) => this.#drive(source, number)));
		if (!encoder.over) await this.#write(encoder.end());
	}

	async #drive(source: Source<Batch>, number: number): Promise<void> {
		const { encoder } = this.options;
		for (let step = await source.next(); !step.done; step = await source.next()) {
			if (encoder.over || !this.outlet.open) return;
			await this.#write(encoder.push(number, step.value));
			if (encoder.over) void this.#endSources();
		}
	}

	async #write(bytes: Uint8Array): Promise<void> {
		if (bytes.byteLength > 0 && this.outlet.open) await this.outlet.write(bytes);
	}

	/** Either the client has left, and there is nobody to tell, or a source threw. */
	async #failed(error: unknown): Promise<void> {
		if (!this.outlet.open) return;
		const last = this.options.encoder.over ? new Uint8Array() : this.options.encoder.fail(error);
		if (last === null) return this.outlet.cut(error);
		await this.#write(last).catch(() => undefined);
	}

	async #endSources(): Promise<void> {
		await Promise.allSettled(this.options.sources.map((source) => source.return()));
	}
}

/** Starts writing inside `waitUntil`. Several sources are merged as their batches come. */
export function pump<Batch>(c: HttpContext, options: PumpOptions<Batch>): Pumped {
	const started = new Pump(options, c);
	const done = started.run();
	c.executionCtx.waitUntil(done);
	return { body: started.outlet.readable, done };
}

const NOTHING = new Uint8Array();

/** Bytes go through as they are. */
const PASS: Encoder<Uint8Array> = {
	push: (_source, bytes) => bytes,
	over: false,
	fail: () => null,
	end: () => NOTHING,
};

/** The same for a body somebody else made: it is read and written on, chunk by chunk. */
export function pumpBody(
	c: HttpContext,
	body: ReadableStream<Uint8Array>,
	options: { readonly keepAlive: Uint8Array; readonly gone: AbortController },
): Pumped {
	const reader = body.getReader();
	const source: Source<Uint8Array> = {
		async next() {
			const { done, value } = await reader.read();
			return done ? { done, value: undefined } : { done, value };
		},
		return: () => reader.cancel(),
	};
	return pump(c, { sources: [source], encoder: PASS, ...options });
}
