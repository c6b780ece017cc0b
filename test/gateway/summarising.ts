/** Turns of a growing conversation, summarised by a scripted model: it repeats every question it has read of. */
import { GatewayError } from '../../src/errors';
import type { ChatAnswer, ChatCall } from '../../src/gateway/call';
import type { Ports, Snapshot } from '../../src/gateway/ports';
import { type Summarizing, type SummaryResult, summarized } from '../../src/gateway/summary';
import type { Message } from '../../src/language/message';
import type { ChatResponse } from '../../src/language/request';
import { planRequest } from '../../src/planner/plan';
import type { PlanTerms } from '../../src/planner/planning';
import { type SummaryMemory, summaries, summaryMemory } from '../../src/summaries';
import { keyRing } from '../../src/vault/seal';
import { lengthCounter } from '../support/length-counter';
import { world } from '../support/scripted-gateway';
import { snapshotOf } from './snapshots';

export const LIMIT = 2_000;

export const say = (role: 'user' | 'assistant' | 'system', text: string, more: object = {}): Message => ({
	role,
	content: [{ type: 'text', text }],
	...more,
});

const padded = (text: string, tokens: number): string => `${text} ${'x'.repeat(tokens * 4 - text.length - 1)}`;

/** `turns` exchanges of 200 tokens each, and the beginning of one more. */
export function talk(turns: number, label = 'question'): Message[] {
	const messages: Message[] = [];
	for (let turn = 0; turn < turns; turn += 1)
		messages.push(say('user', padded(`${label} ${turn}!`, 96)), say('assistant', padded(`answer ${turn}`, 96)));
	return [...messages, say('user', `${label} ${turns}!`)];
}

export const textOf = ({ content }: Message): string =>
	content.flatMap((part) => (part.type === 'text' ? part.text : [])).join('');

export const questionsIn = (text: string): string[] => [...new Set(text.match(/\w+ \d+!/g) ?? [])];

type Answer = Partial<ChatResponse> | GatewayError;

export interface Asked {
	readonly call: ChatCall;
	readonly ports: Ports;
	/** The whole record that it was given. */
	readonly record: string;
}

export interface StageOptions {
	/** What the summarizer does; absent: it repeats the questions. */
	readonly answer?: (asked: Asked, number: number) => Answer | Promise<Answer>;
	readonly snapshot?: Partial<Snapshot>;
	readonly contextWindow?: number;
	/** Another isolate for every turn. */
	readonly isolates?: boolean;
}

export const spoken = (text: string): Partial<ChatResponse> => ({ content: [{ type: 'text', text }] });

const KEY = btoa(String.fromCharCode(...new Uint8Array(32).fill(7)));

export function stage(options: StageOptions = {}) {
	const w = world({
		upstream: [],
		facts: { contextWindow: options.contextWindow ?? 32_000, maxOutput: 4_000 },
	});
	const values = new Map<string, string>();
	const kv = {
		get: async (name: string) => values.get(name) ?? null,
		put: async (name: string, value: string) => {
			values.set(name, value);
		},
	} as unknown as Pick<KVNamespace, 'get' | 'put'>;
	const memory = summaryMemory();
	const asked: Asked[] = [];

	const chat = async (call: ChatCall, ports: Ports): Promise<ChatAnswer> => {
		const one = { call, ports, record: textOf(call.request.messages[1] ?? say('user', '')) };
		asked.push(one);
		const left = new Promise<never>((_, reject) => {
			const leave = () => reject(new GatewayError('aborted', 'The client closed the request.'));
			if (call.signal?.aborted) leave();
			call.signal?.addEventListener('abort', leave);
		});
		const given = options.answer?.(one, asked.length - 1) ?? spoken(questionsIn(one.record).join(' '));
		const answered = await Promise.race([given, left]);
		if (answered instanceof GatewayError) throw answered;
		const response: ChatResponse = {
			id: '1',
			model: 'm',
			content: [],
			finish: { kind: 'stop' },
			usage: null,
			...answered,
		};
		return { response, meta: { provider: 'groq', model: 'small' } as ChatAnswer['meta'] };
	};

	const portsOf = (isolate: SummaryMemory, organizationId: string): Ports => ({
		...w.ports,
		newId: () => `summary ${asked.length}`,
		summaries: summaries({
			memory: isolate,
			organizationId,
			kv,
			ring: () => keyRing(KEY, [], (length) => crypto.getRandomValues(new Uint8Array(length))),
			time: w.time,
			defer: w.ports.defer,
		}),
	});

	/** What becomes of this conversation; null: it fits, or is too long for any plan. */
	function turn(messages: readonly Message[], change: Partial<Summarizing> = {}): Promise<SummaryResult> | null {
		const terms: PlanTerms = {
			counter: lengthCounter,
			room: { window: LIMIT + 200, inputLimit: null, reserve: 100, leastReserve: 100, safety: 100 },
			mode: 'summarize',
			places: new Map(messages.map((message, place) => [message, place])),
		};
		const request = {
			model: 'openai/gpt-test',
			messages,
			user: 'u1',
			runId: 'run1',
			tags: ['mine'],
			...change.request,
		};
		const trimmed = planRequest(request, terms);
		if (trimmed.kind !== 'fits' || trimmed.receipt.dropped.length === 0) return null;
		const snapshot = change.snapshot ?? snapshotOf(options.snapshot);
		const asking: Summarizing = {
			call: { requestId: 'r1', clientRequestId: 'client 1', signal: null },
			snapshot,
			policy: { mode: 'summarize', summarizer: 'groq/small' },
			residency: undefined,
			request,
			terms,
			trimmed,
			plan: planRequest,
			commitBy: w.time.now() + 90_000,
			chat,
			...change,
		};
		return summarized(asking, portsOf(options.isolates ? summaryMemory() : memory, snapshot.organization.id));
	}

	/** The same with all that it stores. Throws where there was nothing to summarise. */
	async function ended(messages: readonly Message[], change: Partial<Summarizing> = {}): Promise<SummaryResult> {
		const result = await turn(messages, change);
		if (!result) throw new Error('it fits');
		await w.settled();
		return result;
	}

	/** Resolves once so many timers wait: hashing takes turns of the real event loop. */
	async function waiting(timers: number): Promise<void> {
		for (let turns = 0; w.time.pending() < timers; turns += 1) {
			if (turns === 100_000) throw new Error(`${w.time.pending()} timers wait, not ${timers}`);
			await w.time.advance(0);
		}
	}

	return { w, kv: values, asked, turn, ended, waiting };
}

/** The note of a result. Throws where there is none. */
export function noteIn(result: SummaryResult | null): string {
	if (result === null || 'failed' in result) throw new Error(result?.failed ?? 'it fits');
	const note = result.request.messages.find((message) => textOf(message).startsWith('[Summary of'));
	if (!note) throw new Error('no note');
	return textOf(note);
}
