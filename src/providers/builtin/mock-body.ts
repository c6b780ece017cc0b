/** Moves as a response body: SSE, or one JSON list of events. Stops at once on abort and on cancel. */
import type { MockEvent } from '../wire/mock/protocol';
import type { Move } from './mock-steps';

/** Runs `task` after `ms`; returns how to cancel it. The `Time` port has it. */
export interface Timer {
	after(ms: number, task: () => void): () => void;
}

/** Pull-driven: a pause begins when the reader asks for what comes after it. */
export function bodyOf(
	moves: readonly Move[],
	stream: boolean,
	signal: AbortSignal,
	timer: Timer,
): ReadableStream<Uint8Array> {
	const encoder = new TextEncoder();
	const format = stream ? sse : json();
	const queue = moves[Symbol.iterator]();
	let opened = false;
	let over = false;
	let wake: () => void = () => {};
	let unlisten: () => void = () => {};

	const pause = (ms: number) =>
		new Promise<void>((resolve) => {
			const cancel = timer.after(ms, resolve);
			wake = () => {
				cancel();
				resolve();
			};
		});

	return new ReadableStream<Uint8Array>(
		{
			start(controller) {
				const abort = () => {
					over = true;
					wake();
					controller.error(signal.reason);
				};
				if (signal.aborted) return abort();
				signal.addEventListener('abort', abort, { once: true });
				unlisten = () => signal.removeEventListener('abort', abort);
			},
			async pull(controller) {
				if (!opened && format.open !== '') {
					opened = true;
					controller.enqueue(encoder.encode(format.open));
					return;
				}
				const next = await nextMove(queue, pause, () => over);
				if (over) return;
				if (next?.kind === 'event') return controller.enqueue(encoder.encode(format.event(next.event)));
				if (next?.kind === 'raw') return controller.enqueue(encoder.encode(next.text));
				unlisten();
				if (next?.kind === 'reset') return controller.error(new TypeError('The mock reset the connection.'));
				if (next === undefined && format.close !== '') controller.enqueue(encoder.encode(format.close));
				controller.close();
			},
			cancel() {
				over = true;
				unlisten();
				wake();
			},
		},
		{ highWaterMark: 0 },
	);
}

/** The next move that reaches the wire, its pauses over. */
async function nextMove(
	queue: Iterator<Move>,
	pause: (ms: number) => Promise<void>,
	over: () => boolean,
): Promise<Exclude<Move, { kind: 'wait' }> | undefined> {
	for (;;) {
		const { value, done } = queue.next();
		if (done) return undefined;
		if (value.kind !== 'wait') return value;
		if (value.ms > 0) await pause(value.ms);
		if (over()) return undefined;
	}
}

interface Format {
	readonly open: string;
	event(event: MockEvent): string;
	readonly close: string;
}

const sse: Format = {
	open: '',
	event: (event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`,
	close: '',
};

function json(): Format {
	let first = true;
	return {
		open: '{"events":[',
		event(event) {
			const comma = first ? '' : ',';
			first = false;
			return comma + JSON.stringify(event);
		},
		close: ']}',
	};
}
