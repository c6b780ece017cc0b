/**
 * One upstream call of a chat, streamed or whole, up to the point where it can no longer move to
 * another target. Every way out of here has ended the meter or handed it on.
 */
import { type ChatEvent, isContent } from '../language/event';
import type { ChatResponse } from '../language/request';
import { unfold } from '../language/unfold';
import { framerOf } from '../providers/framing';
import type { Decoder, Frame, Wire, WireRequest } from '../providers/provider';
import { malformed } from '../providers/wire/json';
import type { Meter } from './meter';
import type { Ports } from './ports';
import type { Target } from './target';
import { ANSWER_LIMIT, discard, exchange, failureOf, isPage, legible, readText, typeOf, webPage } from './upstream';
import { type Watchdog, type WatchdogLimits, watch } from './watchdog';
import { withoutKey } from './without-key';

export { type Addressee, wireRequestOf } from './wire-request';

export interface Attempt {
	readonly target: Target;
	readonly wire: Wire;
	readonly wireRequest: WireRequest;
	readonly meter: Meter;
	readonly limits: WatchdogLimits;
	/** Aborting it ends the upstream call. */
	readonly controller: AbortController;
	/** Adds to the time spent waiting on upstreams. */
	readonly waited: (ms: number) => void;
	/** Most bytes of the whole answer, where all of it is kept; absent: it passes by. */
	readonly mostBytes?: number;
}

/** Most that comes before the first content: events, all of which are kept, and bytes, pings included. */
const MOST_EARLY_EVENTS = 1_024;
const MOST_EARLY_BYTES = 32 * 1024 * 1024;

/** A call whose answer comes in one piece. Throws GatewayError. */
export async function whole(attempt: Attempt, ports: Ports): Promise<ChatResponse> {
	const { controller, meter, wire, wireRequest } = attempt;
	const dog = watch(ports.time, attempt.limits, (error) => controller.abort(error));
	const startedAt = ports.time.now();
	try {
		const response = await exchange(attempt.target, wireRequest, wire, controller.signal, ports, meter);
		const body = await readText(response, ANSWER_LIMIT, controller.signal, 'refuse');
		const answer = legible(response, () => wire.fromResponse(body, wireRequest.plan));
		meter.whole(answer);
		return answer;
	} finally {
		dog.stop();
		attempt.waited(ports.time.now() - startedAt);
	}
}

/** A stream at its commit point: content has arrived, no other target will be tried. */
export interface OpenStream {
	/** What was read so far, `start` first. */
	readonly head: readonly ChatEvent[];
	/** The rest, a batch per chunk; ends after `finish` or `error`. Never throws. */
	readonly tail: AsyncGenerator<readonly ChatEvent[], void, void>;
	/** Nobody reads on: its time limits end, also where `tail` was never begun. */
	readonly stop: () => void;
}

/** A call whose answer is streamed, read up to its first content. Throws GatewayError where none comes. */
export async function streamed(attempt: Attempt, ports: Ports): Promise<OpenStream> {
	const { controller, wire } = attempt;
	const dog = watch(ports.time, attempt.limits, (error) => controller.abort(error));
	const startedAt = ports.time.now();
	try {
		const response = await exchange(attempt.target, attempt.wireRequest, wire, controller.signal, ports, attempt.meter);
		const batches = await batchesOf(response, attempt, dog);
		const head: ChatEvent[] = [];
		for (let batch = await batches.next(); !batch.done; batch = await batches.next()) {
			for (const event of batch.value) head.push(event);
			if (!batch.value.some(isContent)) {
				const last = head.at(-1);
				if (last?.type === 'error') throw last.error;
				if (head.length > MOST_EARLY_EVENTS) throw malformed('The upstream sent too much ahead of any content.');
				continue;
			}
			dog.committed();
			for (const event of head) attempt.meter.push(event);
			return { head, tail: metered(batches, head, attempt.meter, dog), stop: dog.stop };
		}
		throw malformed('The upstream ended its answer without any content.');
	} catch (error) {
		dog.stop();
		throw failureOf(error, controller.signal);
	} finally {
		attempt.waited(ports.time.now() - startedAt);
	}
}

/** The rest of the stream past the meter; stops the watchdog whichever way it ends. */
async function* metered(
	batches: AsyncGenerator<ChatEvent[], void, void>,
	head: readonly ChatEvent[],
	meter: Meter,
	dog: Watchdog,
): AsyncGenerator<readonly ChatEvent[], void, void> {
	try {
		if (isLast(head.at(-1))) return;
		for await (const batch of batches) {
			for (const event of batch) meter.push(event);
			yield batch;
			if (isLast(batch.at(-1))) return;
		}
	} finally {
		dog.stop();
		await batches.return();
	}
}

const isLast = (event: ChatEvent | undefined): boolean => event?.type === 'finish' || event?.type === 'error';

/** The events of a 2xx answer to a streamed call, whatever form it came in. */
async function batchesOf(
	response: Response,
	attempt: Attempt,
	dog: Watchdog,
): Promise<AsyncGenerator<ChatEvent[], void, void>> {
	const type = typeOf(response);
	if (isPage(type)) {
		await discard(response);
		throw webPage(response);
	}
	if (type.includes('application/json')) {
		const { controller, wire, wireRequest } = attempt;
		const body = await readText(response, ANSWER_LIMIT, controller.signal, 'refuse');
		return once(unfold(legible(response, () => wire.fromResponse(body, wireRequest.plan))));
	}
	if (!response.body) throw malformed('The upstream answered without a body.');
	return decoded(response.body.getReader(), response.status, attempt, dog);
}

async function* once(events: ChatEvent[]): AsyncGenerator<ChatEvent[], void, void> {
	yield events;
}

/** An error, which ends its stream, may quote the request. */
function keyless(batch: ChatEvent[], apiKey: string | null): ChatEvent[] {
	const last = batch.at(-1);
	if (last?.type === 'error') batch[batch.length - 1] = { type: 'error', error: withoutKey(last.error, apiKey) };
	return batch;
}

/** Bytes to events. Never throws: a broken read is an `error` event. */
async function* decoded(
	reader: ReadableStreamDefaultReader<Uint8Array>,
	status: number,
	attempt: Attempt,
	dog: Watchdog,
): AsyncGenerator<ChatEvent[], void, void> {
	const framer = framerOf(attempt.wire.framing);
	const decoder = attempt.wire.decoder(attempt.wireRequest.plan);
	let bytes = 0;
	try {
		for (;;) {
			const chunk = await reader.read();
			dog.touch();
			bytes += chunk.value?.byteLength ?? 0;
			if (bytes > mostBytes(attempt)) throw malformed('The upstream sent a larger answer than is accepted.');
			const batch = eventsOf(chunk.done ? framer.end() : framer.push(chunk.value), decoder);
			if (chunk.done) batch.push(...decoder.end());
			if (batch.length > 0) yield keyless(batch, attempt.target.credential.apiKey);
			if (chunk.done || isLast(batch.at(-1))) return;
		}
	} catch (error) {
		yield [{ type: 'error', error: failureOf(error, attempt.controller.signal, status) }];
	} finally {
		reader.cancel().catch(() => undefined);
	}
}

function eventsOf(frames: readonly Frame[], decoder: Decoder): ChatEvent[] {
	const events: ChatEvent[] = [];
	for (const frame of frames) for (const event of decoder.push(frame)) events.push(event);
	return events;
}

const mostBytes = ({ meter, mostBytes: ofAll = Number.POSITIVE_INFINITY }: Attempt): number =>
	meter.firstTokenAt === null ? MOST_EARLY_BYTES : ofAll;
