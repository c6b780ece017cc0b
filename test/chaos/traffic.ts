/** Requests that come as they come: in bursts and after pauses, some at a time, from several organizations. */

import { type GatewayError, toGatewayError } from '../../src/errors';
import type { CallMeta, ChatCall, ChatStream, Gateway } from '../../src/gateway/call';
import type { ChatEvent } from '../../src/language/event';
import { grammarViolation } from '../../src/language/grammar';
import type { ChatResponse } from '../../src/language/request';
import { drawn } from './random';
import { markOf } from './upstreams';
import { AGENT, type World } from './world';

/** `folded`: the caller gets it whole, the upstream is asked to stream it. */
export type Mode = 'streamed' | 'whole' | 'folded';

/** How one request ended, as its caller sees it. */
export interface Answered {
	readonly request: number;
	readonly requestId: string;
	readonly organization: number;
	readonly mode: Mode;
	/** `in-band`: content, then an error. `left`: the caller went away. */
	readonly end: 'answered' | 'in-band' | 'failed' | 'left';
	readonly text: string;
	readonly error: GatewayError | null;
	/** As it was when the answer began; null where none did. */
	readonly meta: CallMeta | null;
	/** As it was at the end. */
	readonly lastMeta: CallMeta | null;
	/** Of a stream: what its grammar forbids; null: nothing. */
	readonly violation: string | null;
	/** When its caller went away; null: it stayed. */
	readonly leftAt: number | null;
	readonly startedAt: number;
	readonly endedAt: number;
}

export interface TrafficOptions {
	readonly seed: number;
	readonly requests: number;
	readonly isolates: number;
	readonly organizations: number;
	/** Most requests at a time. */
	readonly lanes: number;
	/** Chance, per request, that objects lose their memory before it. */
	readonly evictions: number;
	/** `x-switchyard-fallback: none` */
	readonly alone?: boolean;
	/** Requests are for embeddings. */
	readonly embeds?: boolean;
	/** Chance, per request, that its caller leaves. */
	readonly leaving?: number;
	/** Share of requests whose caller wants a stream. */
	readonly streamed?: number;
	/** Share of those that are streamed by the upstream alone. */
	readonly folded?: number;
}

/** What of a request is drawn, each by its number. */
const DRAW = {
	mode: 101,
	isolate: 102,
	organization: 103,
	pause: 104,
	spacing: 105,
	leaves: 106,
	lanes: 107,
	evicts: 108,
};
/** More output than is waited for in one piece. */
const LONG_ANSWER = 5_000;
const SHORT_ANSWER = 100;
/** Those who leave do so within this time. */
const LEAVES_WITHIN_MS = 2_000;
/** Mean pause between two requests. */
const SPACING_MS = 60;
/** Requests after which traffic grows thicker or thinner. */
const SPELL = 64;

function modeOf({ seed, streamed = 0.5, folded = 0.1 }: TrafficOptions, request: number): Mode {
	const chance = drawn(seed, request, DRAW.mode);
	if (chance < streamed) return 'streamed';
	return chance < streamed + folded ? 'folded' : 'whole';
}

const textOf = ({ content }: ChatResponse): string =>
	content.map((part) => (part.type === 'text' ? part.text : `[${part.type}]`)).join('');

/** Runs all requests to their ends, in virtual time. Those that never end are missing from the result. */
export async function traffic(world: World, options: TrafficOptions): Promise<Answered[]> {
	const { seed, requests } = options;
	const { time } = world;
	const ended: Answered[] = [];
	let next = 0;
	let running = 0;
	let arrivalDue = false;

	const draw = (request: number, what: number): number => drawn(seed, request, what);
	const lanes = (request: number): number =>
		1 + Math.floor(draw(Math.floor(request / SPELL), DRAW.lanes) * options.lanes);

	function begin(request: number): void {
		running += 1;
		if (draw(request, DRAW.evicts) < options.evictions) world.evict();
		perform(world, request, options).then((answered) => {
			ended.push(answered);
			running -= 1;
			arrive();
		});
	}

	/** The next request comes after its pause, or once there is a lane for it. */
	function arrive(): void {
		if (arrivalDue || next >= requests || running >= lanes(next)) return;
		arrivalDue = true;
		const request = next;
		next += 1;
		time.after(pauseBefore(request), () => {
			arrivalDue = false;
			begin(request);
			arrive();
		});
	}

	function pauseBefore(request: number): number {
		// Now and then nobody asks for a while.
		if (draw(request, DRAW.pause) < 0.004) return 15_000;
		return draw(request, DRAW.pause) < 0.3 ? 0 : Math.floor(-Math.log(1 - draw(request, DRAW.spacing)) * SPACING_MS);
	}

	arrive();
	// An hour without an end is none.
	while (ended.length < requests) {
		const before = ended.length;
		await time.advance(3_600_000);
		if (ended.length === before) break;
	}
	return ended;
}

type Outcome = Pick<Answered, 'end' | 'text' | 'error' | 'meta' | 'lastMeta' | 'violation'>;

async function perform(world: World, request: number, options: TrafficOptions): Promise<Answered> {
	const { seed, leaving = 0 } = options;
	const at = (count: number, what: number): number => Math.floor(drawn(seed, request, what) * count);
	const organization = at(options.organizations, DRAW.organization);
	const gateway = world.gateway(at(options.isolates, DRAW.isolate), organization);
	const mode = options.embeds ? 'whole' : modeOf(options, request);
	const leaves = drawn(seed, request, DRAW.leaves);
	const leaver = new AbortController();
	let leftAt: number | null = null;
	const leave = (): void => {
		leftAt = world.time.now();
		leaver.abort();
	};
	const stays = leaves < leaving ? world.time.after(Math.floor((leaves / leaving) * LEAVES_WITHIN_MS), leave) : null;
	const startedAt = world.time.now();
	const outcome = await asked(gateway, { request, mode, options, startedAt, signal: leaver.signal });
	stays?.();
	const endedAt = world.time.now();
	return { request, requestId: idOf(request), organization, mode, ...outcome, leftAt, startedAt, endedAt };
}

const idOf = (request: number): string => `q${request}`;

interface Asking {
	readonly request: number;
	readonly mode: Mode;
	readonly options: TrafficOptions;
	readonly startedAt: number;
	readonly signal: AbortSignal;
}

async function asked(gateway: Gateway, asking: Asking): Promise<Outcome> {
	const { signal } = asking;
	try {
		if (asking.options.embeds) return await embedded(gateway, asking);
		const call = chatCallOf(asking);
		if (asking.mode === 'streamed') return await consumed(await gateway.stream(call), signal);
		const { response, meta } = await gateway.chat(call);
		return answeredWith(textOf(response), meta);
	} catch (thrown) {
		const error = toGatewayError(thrown);
		const end = signal.aborted && error.code === 'aborted' ? 'left' : 'failed';
		return { end, text: '', error, meta: null, lastMeta: null, violation: null };
	}
}

const answeredWith = (text: string, meta: CallMeta): Outcome => ({
	end: 'answered',
	text,
	error: null,
	meta,
	lastMeta: meta,
	violation: null,
});

const question = (request: number): string => `What is the answer to ${markOf(request)}?`;

const chatCallOf = ({ request, mode, options, startedAt, signal }: Asking): ChatCall => ({
	requestId: idOf(request),
	clientRequestId: null,
	agent: AGENT,
	fallback: options.alone !== true,
	receivedAt: startedAt,
	signal,
	request: {
		messages: [{ role: 'user', content: [{ type: 'text', text: question(request) }] }],
		maxTokens: mode === 'folded' ? LONG_ANSWER : SHORT_ANSWER,
	},
});

async function embedded(gateway: Gateway, { request, startedAt, signal }: Asking): Promise<Outcome> {
	const { response, meta } = await gateway.embed({
		requestId: idOf(request),
		clientRequestId: null,
		agent: null,
		fallback: true,
		receivedAt: startedAt,
		signal,
		request: { model: 'openai/embed-test', input: [question(request)] },
	});
	return answeredWith(response.embeddings.map((vector) => vector.join()).join('; '), meta);
}

/** A stream to its end, or until its reader leaves. */
async function consumed(stream: ChatStream, leaves: AbortSignal): Promise<Outcome> {
	const meta = stream.meta();
	const events: ChatEvent[] = [];
	const leave = (): void => void stream.events.return();
	leaves.addEventListener('abort', leave);
	for await (const batch of stream.events) for (const event of batch) events.push(event);
	leaves.removeEventListener('abort', leave);
	const text = events.map((event) => (event.type === 'text-delta' ? event.text : '')).join('');
	const last = events.at(-1);
	const error = last?.type === 'error' ? last.error : null;
	const facts = { text, error, meta, lastMeta: stream.meta() };
	// Nobody reads what comes then.
	if (leaves.aborted && last?.type !== 'finish') return { ...facts, end: 'left', violation: null };
	return { ...facts, end: error ? 'in-band' : 'answered', violation: grammarViolation(events) };
}
