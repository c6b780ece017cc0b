/** Answers in virtual time: real `Response`s, or light ones for runs in which only the gateway's decisions matter. */
import type { Time } from '../../src/gateway/ports';

/** One answer as it comes over the wire. */
export interface Played {
	readonly status: number;
	readonly headers: Readonly<Record<string, string>>;
	/** What is sent, each part so long (ms) after the one before; the first counts from the head. */
	readonly parts: readonly { readonly afterMs: number; readonly text: string }[];
	/** How it ends after the last part; `silence`: it never does. */
	readonly end: 'close' | 'reset' | 'silence';
}

export type Play = (played: Played, signal: AbortSignal, time: Time, over: () => void) => Response;

/** From the last bytes to a reset. */
const RESET_MS = 5;
const resetError = (): TypeError => new TypeError('connection reset');
const encoder = new TextEncoder();

/** Where the text of an answer goes. */
interface Sink {
	push(text: string): void;
	close(): void;
	fail(error: unknown): void;
}

/** Sends the parts in their time; ends early, as a real body does, where its call is aborted. `over` is called once. */
function drive(
	played: Played,
	{ signal, time, over }: { signal: AbortSignal; time: Time; over: () => void },
	sink: Sink,
) {
	let ended = false;
	let cancelTimer = (): void => undefined;
	const finish = (last: () => void): void => {
		if (ended) return;
		ended = true;
		cancelTimer();
		signal.removeEventListener('abort', left);
		last();
		over();
	};
	const left = (): void => finish(() => sink.fail(signal.reason));
	const send = (at: number): void => {
		for (let next = at; ; next += 1) {
			const part = played.parts[next];
			if (!part) {
				if (played.end === 'close') finish(() => sink.close());
				// Later than the last bytes: a stream that fails drops what nobody has read yet.
				if (played.end === 'reset') cancelTimer = time.after(RESET_MS, () => finish(() => sink.fail(resetError())));
				return;
			}
			if (part.afterMs > 0 && next !== at) {
				cancelTimer = time.after(part.afterMs, () => send(next));
				return;
			}
			sink.push(part.text);
		}
	};
	if (signal.aborted) {
		left();
		return finish;
	}
	signal.addEventListener('abort', left);
	const [first] = played.parts;
	if (first && first.afterMs > 0) cancelTimer = time.after(first.afterMs, () => send(0));
	else send(0);
	return finish;
}

export const playReal: Play = (played, signal, time, over) => {
	const { status, headers } = played;
	if (played.parts.length === 0 && played.end === 'close') {
		over();
		return new Response(status === 204 ? null : '', { status, headers });
	}
	let finish: (last: () => void) => void = () => undefined;
	const body = new ReadableStream<Uint8Array>({
		start(controller) {
			finish = drive(
				played,
				{ signal, time, over },
				{
					push: (text) => controller.enqueue(encoder.encode(text)),
					close: () => controller.close(),
					fail: (error) => controller.error(error),
				},
			);
		},
		cancel: () => finish(() => undefined),
	});
	return new Response(body, { status, headers });
};

/** What the gateway asks of a `Response`, at a fraction of its cost. */
export const playLight: Play = (played, signal, time, over) => {
	const { status, headers } = played;
	const queue: string[] = [];
	let done = false;
	let failure: { readonly error: unknown } | null = null;
	let waiting: { resolve: (text: string | null) => void; reject: (error: unknown) => void } | null = null;
	const settle = (): void => {
		if (!waiting) return;
		const { resolve, reject } = waiting;
		const text = queue.shift();
		if (text === undefined && !failure && !done) return;
		waiting = null;
		if (text !== undefined) resolve(text);
		else if (failure) reject(failure.error);
		else resolve(null);
	};
	const finish = drive(
		played,
		{ signal, time, over },
		{
			push(text) {
				queue.push(text);
				settle();
			},
			close() {
				done = true;
				settle();
			},
			fail(error) {
				// An error overtakes what was not read yet, as it does in a stream.
				queue.length = 0;
				failure = { error };
				settle();
			},
		},
	);
	/** null: it is over. */
	const next = (): Promise<string | null> =>
		new Promise((resolve, reject) => {
			waiting = { resolve, reject };
			settle();
		});
	const read = async (): Promise<object> => {
		const part = await next();
		return part === null ? { done: true, value: undefined } : { done: false, value: encoder.encode(part) };
	};
	const cancel = async (): Promise<void> => {
		done = true;
		finish(() => undefined);
	};
	const text = async (): Promise<string> => {
		let all = '';
		for (let part = await next(); part !== null; part = await next()) all += part;
		return all;
	};
	const light = {
		ok: status >= 200 && status < 300,
		status,
		headers: { get: (name: string) => headers[name] ?? null, has: (name: string) => name in headers },
		body: { getReader: () => ({ read, cancel }), cancel },
		text,
	};
	return light as unknown as Response;
};
