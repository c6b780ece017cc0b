/** The three upstreams: each call comes to what the table says, and is written down. */
import { GatewayError } from '../../src/errors';
import type { OutboundRequest, Send, Time } from '../../src/gateway/ports';
import { DIALECTS, type Dialect } from './dialects';
import { detailOf, type Fate, fateOf, type Table } from './fate';
import { picked } from './random';
import type { Play, Played } from './transport';

/** One upstream call. */
export interface Call {
	readonly request: number;
	readonly target: number;
	/** Place of the key in its pool, from 0. */
	readonly key: number;
	/** Of this target and key in this request, from 1. */
	readonly attempt: number;
	readonly fate: Fate;
	/** The upstream was asked to stream. */
	readonly streamed: boolean;
	/** What it says, or would say. */
	readonly text: string;
	readonly embeds: boolean;
	readonly startedAt: number;
	/** The gateway let go of it, or it was over; null: neither. */
	endedAt: number | null;
}

export interface Upstreams {
	readonly send: Send;
	/** By request, in order. */
	readonly calls: ReadonlyMap<number, readonly Call[]>;
	readonly count: () => number;
}

export interface Behaviour {
	/** In the order of the chain. */
	readonly dialects: readonly Dialect[];
	readonly table: Table;
	readonly time: Time;
	readonly play: Play;
	/** Pieces of a streamed answer; with one, its bytes come all at once. */
	readonly pieces: number;
}

/** Limits (ms) that `hang` and the drips must pass. */
export const PATIENCE = { firstEventMs: 5_000, idleMs: 3_000 };
const DRIP_MS = 900;
const DRIPS = 40;

/** How the request is marked, so that upstreams know it again. */
export const markOf = (request: number): string => `#${request}#`;
const MARK = /#(\d+)#/;
const KEY = /key-(\d+)$/;

/** Tries with other keys of a target are drawn as those of other targets. */
export const laneOf = (target: number, key: number): number => target + key * DIALECTS.length;

export function upstreams(behaviour: Behaviour): Upstreams {
	const { table, time, play, dialects } = behaviour;
	const calls = new Map<number, Call[]>();
	let count = 0;

	function noted(outbound: OutboundRequest): Call {
		const body = typeof outbound.body === 'string' ? outbound.body : '';
		const request = Number(MARK.exec(body)?.[1] ?? Number.NaN);
		const target = dialects.findIndex(({ baseUrl }) => outbound.url.startsWith(baseUrl));
		const before = calls.get(request) ?? [];
		const key = Number(KEY.exec(outbound.headers.authorization ?? '')?.[1] ?? 0);
		const attempt = before.filter((call) => call.target === target && call.key === key).length + 1;
		const embeds = outbound.url.endsWith('/embeddings');
		const call: Call = {
			request,
			target,
			key,
			attempt,
			fate: fateOf(table, request, laneOf(target, key), attempt),
			streamed: dialects[target]?.streams(outbound.url, body) ?? false,
			text: embeds ? vectorOf(request, key, attempt).join() : textOf(request, target, attempt),
			embeds,
			startedAt: time.now(),
			endedAt: null,
		};
		before.push(call);
		calls.set(request, before);
		count += 1;
		return call;
	}

	const send: Send = async (outbound) => {
		const call = noted(outbound);
		const { signal } = outbound;
		const dialect = dialects[call.target];
		if (!dialect) throw new Error(`no upstream at ${outbound.url}`);
		const over = (): void => {
			call.endedAt ??= time.now();
		};
		const detail = (what: number): number =>
			detailOf(table, [call.request, laneOf(call.target, call.key), call.attempt], what);
		try {
			await after(call.fate === 'hang' ? Number.POSITIVE_INFINITY : 20 + Math.floor(detail(1) * 380), signal, time);
		} catch (error) {
			over();
			throw error;
		}
		if (call.fate === 'reset' || call.fate === 'refused') {
			over();
			throw unreachable();
		}
		return play(playedOf(call, dialect, { detail, pieces: behaviour.pieces }), signal, time, over);
	};
	return { send, calls, count: () => count };
}

/** Never said twice: which try it is of which request at whom. */
const textOf = (request: number, target: number, attempt: number): string =>
	`r${request} t${target} a${attempt}: the answer is ${request * 31 + target * 7 + attempt}, and no other.`;

/** The same of an embedding. */
const vectorOf = (request: number, key: number, attempt: number): readonly number[] => [request, key, attempt];

const bodyOf = (call: Call, dialect: Dialect): string =>
	call.embeds
		? JSON.stringify({
				object: 'list',
				model: 'embed-1',
				data: [{ object: 'embedding', index: 0, embedding: vectorOf(call.request, call.key, call.attempt) }],
				usage: { prompt_tokens: 12, total_tokens: 12 },
			})
		: dialect.whole(call.text);

/** As `outbound.ts` says it. */
const unreachable = (): GatewayError =>
	new GatewayError('upstream_unavailable', 'The upstream could not be reached.', {
		upstream: { failure: 'network', scope: 'provider' },
	});

function after(ms: number, signal: AbortSignal, time: Time): Promise<void> {
	return new Promise((resolve, reject) => {
		if (signal.aborted) return reject(signal.reason);
		let cancel = (): void => undefined;
		const left = (): void => {
			cancel();
			reject(signal.reason);
		};
		signal.addEventListener('abort', left);
		if (ms === Number.POSITIVE_INFINITY) return;
		cancel = time.after(ms, () => {
			signal.removeEventListener('abort', left);
			resolve();
		});
	});
}

interface Detail {
	readonly detail: (what: number) => number;
	readonly pieces: number;
}

const JSON_HEADERS = { 'content-type': 'application/json' };
const SSE_HEADERS = { 'content-type': 'text/event-stream; charset=utf-8' };

const all = (text: string): Played['parts'] => [{ afterMs: 0, text }];
const refusal = (dialect: Dialect, status: number, headers: Readonly<Record<string, string>> = {}): Played => ({
	status,
	headers: { ...JSON_HEADERS, ...headers },
	parts: all(dialect.error(status)),
	end: 'close',
});
const whole = (body: string, end: Played['end'] = 'close'): Played => ({
	status: 200,
	headers: { ...JSON_HEADERS, ...(end === 'close' && { 'content-length': String(body.length) }) },
	parts: all(body),
	end,
});
const stream = (parts: Played['parts'], end: Played['end'] = 'close'): Played => ({
	status: 200,
	headers: SSE_HEADERS,
	parts,
	end,
});
const PAGE = '<!doctype html><html><body><h1>Bad gateway</h1></body></html>';

function playedOf(call: Call, dialect: Dialect, chance: Detail): Played {
	return refused(call, dialect, chance) ?? (call.streamed ? streamed : unstreamed)(call, dialect, chance);
}

/** Whatever was asked for. */
function refused({ fate, streamed }: Call, dialect: Dialect, { detail }: Detail): Played | null {
	switch (fate) {
		case 'limited':
			// What is no time at all must be taken for none.
			return refusal(dialect, 429, detail(2) < 0.2 ? { 'retry-after': 'soon' } : {});
		case 'limited-until':
			return refusal(dialect, 429, { 'retry-after': String(1 + Math.floor(detail(2) * 4)) });
		case 'server-error':
			return refusal(dialect, 500);
		case 'overloaded':
			return refusal(dialect, 529);
		case 'unavailable':
			return refusal(dialect, 503);
		case 'key-dead':
			return refusal(dialect, 401);
		case 'html':
			return page(detail(2) < 0.5 ? 200 : 502);
		case 'redirect':
			return { status: 307, headers: { location: 'https://elsewhere.test/' }, parts: [], end: 'close' };
		case 'empty':
			return { status: 200, headers: streamed ? SSE_HEADERS : JSON_HEADERS, parts: [], end: 'close' };
		default:
			return null;
	}
}

const page = (status: number): Played => ({
	status,
	headers: { 'content-type': 'text/html' },
	parts: all(PAGE),
	end: 'close',
});

const breaking = ({ detail }: Detail): Played['end'] => (detail(2) < 0.5 ? 'reset' : 'close');

function streamed(call: Call, dialect: Dialect, chance: Detail): Played {
	switch (call.fate) {
		case 'answer':
			return streamedAnswer(call, dialect, chance);
		case 'error-event':
			return stream(all(dialect.opening + dialect.inside(chance.detail(2) < 0.7).frames));
		case 'wrong-json':
			return chance.detail(2) < 0.75 ? stream(all(`data: ${wrongJson(chance)}\n\n`)) : whole(wrongJson(chance));
		case 'cut-before':
			return stream(all(dialect.opening), breaking(chance));
		case 'cut-after':
			return cut(call, dialect, chance, breaking(chance));
		case 'drip-before':
			return stream(all(dialect.opening), 'silence');
		case 'drip-after':
			return cut(call, dialect, chance, 'silence');
		default:
			throw new Error(`a stream can not be ${call.fate}`);
	}
}

function unstreamed(call: Call, dialect: Dialect, chance: Detail): Played {
	const body = bodyOf(call, dialect);
	switch (call.fate) {
		case 'answer':
			return whole(body);
		case 'error-event':
			return whole(dialect.inside(chance.detail(2) < 0.7).body);
		case 'wrong-json':
			return whole(wrongJson(chance));
		case 'cut-before':
			return whole(body.slice(0, 12), breaking(chance));
		case 'cut-after':
			return whole(halfOf(body), breaking(chance));
		case 'drip-before':
			return dripped(body);
		case 'drip-after':
			return whole(halfOf(body), 'silence');
		default:
			throw new Error(`a whole answer can not be ${call.fate}`);
	}
}

const halfOf = (text: string): string => text.slice(0, Math.floor(text.length / 2));

const WRONG = ['{"unexpected": true}', '{"id": "x", "choices": [', '["no"]', 'OK'];
const wrongJson = ({ detail }: Detail): string => picked(WRONG, detail(5));

/** A body of which a little comes now and then, and never all. */
const dripped = (body: string): Played => ({
	status: 200,
	headers: JSON_HEADERS,
	parts: Array.from({ length: DRIPS }, (_, at) => ({ afterMs: DRIP_MS, text: body[at] ?? ' ' })),
	end: 'silence',
});

/** The pieces of an answer, in order. */
function pieces(text: string, count: number): string[] {
	const length = Math.ceil(text.length / count);
	return Array.from({ length: count }, (_, at) => text.slice(at * length, (at + 1) * length)).filter((piece) => piece);
}

/** Frames in their time; where a part ends has nothing to do with where a frame does. */
function paced(frames: readonly string[], { detail, pieces: count }: Detail): Played['parts'] {
	if (count === 1) return all(frames.join(''));
	return frames.flatMap((frame, at) => {
		const afterMs = Math.floor(detail(10 + at) * 120);
		const split = Math.floor(detail(40 + at) * frame.length);
		return [
			{ afterMs, text: frame.slice(0, split) },
			{ afterMs: 0, text: frame.slice(split) },
		];
	});
}

function streamedAnswer(call: Call, dialect: Dialect, chance: Detail): Played {
	// Some answer a streamed call in one piece.
	if (chance.detail(3) < 0.05) return whole(dialect.whole(call.text));
	const frames = [dialect.opening, ...pieces(call.text, chance.pieces).map(dialect.piece), dialect.closing];
	return stream(paced(frames, chance));
}

/** Some content, but never all of it. */
function cut(call: Call, dialect: Dialect, chance: Detail, end: Played['end']): Played {
	const parts = pieces(call.text, Math.max(2, chance.pieces));
	const sent = parts.slice(0, 1 + Math.floor(chance.detail(4) * (parts.length - 1)));
	return stream(paced([dialect.opening, ...sent.map(dialect.piece)], chance), end);
}
