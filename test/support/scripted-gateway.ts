/** A gateway on scripted ports: virtual time, upstreams that answer as told, a ledger that writes down what it hears. */
import type { ModelFacts } from '../../src/catalog/facts';
import type { ChatCall, Gateway } from '../../src/gateway/call';
import { gateway } from '../../src/gateway/gateway';
import type { Credential, LogLevel, OutboundRequest, Ports, Snapshot, TimeLimits } from '../../src/gateway/ports';
import type { SummaryPort } from '../../src/gateway/summary-port';
import type { ChatRequest } from '../../src/language/request';
import type { Account, CloseRequest, LedgerEntry, OpenAnswer, OpenRequest } from '../../src/ledger/contract';
import type { EncodingPort } from '../../src/planner/encoding';
import { embedWires, findProvider, providerIds, wires } from '../../src/providers';
import { type HealthScript, type HeardHealth, scriptedHealth } from './scripted-health';
import { unitEncodings } from './unit-encoding';
import { type VirtualTime, virtualTime } from './virtual-time';

/** What an upstream does with one call. */
export type Script = (request: OutboundRequest) => Response | Promise<Response>;

export interface Logged {
	readonly level: LogLevel;
	readonly event: string;
	readonly fields: Readonly<Record<string, unknown>>;
}

export interface World extends HeardHealth {
	readonly gateway: Gateway;
	/** What the gateway works with, for a test that calls a part of it. */
	readonly ports: Ports;
	readonly time: VirtualTime;
	/** Upstream calls in order. */
	readonly sent: OutboundRequest[];
	readonly opens: OpenRequest[];
	readonly closes: CloseRequest[];
	readonly reloads: () => number;
	/** Lines of the log in order. */
	readonly logs: Logged[];
	/** Resolves once all deferred work is done. */
	settled(): Promise<void>;
	entries(): LedgerEntry[];
}

export interface WorldOptions extends HealthScript {
	/** Upstream behaviour, by call number from 0; the last one repeats. */
	readonly upstream: readonly Script[];
	/** Uniform in [0, 1); absent: always 0.5. */
	readonly random?: () => number;
	readonly snapshot?: Partial<Snapshot>;
	readonly reloaded?: Partial<Snapshot>;
	readonly answers?: readonly OpenAnswer[];
	readonly facts?: Partial<ModelFacts>;
	/** On top of `facts`, by the name of the model. */
	readonly factsOf?: (model: string) => Partial<ModelFacts>;
	readonly limits?: Partial<TimeLimits>;
	readonly extend?: boolean;
	/** Absent: those of `unit-encoding`. */
	readonly encodings?: EncodingPort;
	/** Absent: none is ever kept. */
	readonly summaries?: SummaryPort;
	/** What was spent; absent: nobody can say. */
	readonly account?: Account;
}

/** None is ever kept, and nobody else writes any. */
export const NO_SUMMARIES: SummaryPort = {
	read: async () => null,
	write: () => undefined,
	begin: () => ({ wanted: () => false, end: () => undefined }),
	writing: () => false,
};

const credential = (provider: string, baseUrl: string): Credential => ({
	rowId: null,
	name: provider,
	source: 'environment',
	apiKey: 'key',
	baseUrl,
	trust: 'operator',
	config: {},
	mark: `environment of ${provider}`,
});

export const FACTS: ModelFacts = {
	provider: 'openai',
	model: 'gpt-test',
	known: true,
	kind: 'chat',
	contextWindow: 128_000,
	inputLimit: null,
	maxOutput: 16_000,
	input: ['text', 'image'],
	tools: true,
	structuredOutput: true,
	reasoning: false,
	reasoningOptions: [],
	sampling: true,
	tokenizer: 'o200k',
	// $1 and $2 per million tokens
	prices: { input: 1_000_000n, output: 2_000_000n },
	priceVersion: '2026-11-01',
	source: 'catalog',
};

const SNAPSHOT: Snapshot = {
	version: 7,
	fresh: false,
	caller: {
		kind: 'gateway-key',
		organizationId: 'org1',
		keyId: 'key1',
		mayOverrideModel: true,
		allowedModels: null,
		allowedAgents: null,
		allowedProviders: null,
		mayOverrideSettings: true,
		mayOverridePrompt: true,
		limits: null,
	},
	organization: { id: 'org1', slug: 'one' },
	limits: { requestsPerMinute: null, requestsPerDay: null, budgetDayNanoUsd: null, budgetMonthNanoUsd: null },
	defaultChoice: { model: { value: 'openai/gpt-test', origin: 'environment' }, settings: {} },
	profiles: {},
	agent: null,
	fallbackChain: [],
	credentials: {
		openai: [credential('openai', 'https://openai.test/v1')],
		groq: [credential('groq', 'https://groq.test/v1')],
		deepseek: [credential('deepseek', 'https://deepseek.test')],
	},
	embeddingModels: { openai: 'embed-test' },
};

export function world(options: WorldOptions): World {
	const time = virtualTime(1_000_000);
	const sent: OutboundRequest[] = [];
	const opens: OpenRequest[] = [];
	const closes: CloseRequest[] = [];
	const deferred: Promise<unknown>[] = [];
	const logs: Logged[] = [];
	let reloads = 0;
	const heard = scriptedHealth(options);
	const snapshot: Snapshot = { ...SNAPSHOT, ...options.snapshot };
	const ports: Ports = {
		time,
		random: options.random ?? (() => 0.5),
		newId: () => 'id',
		send: async (request) => {
			const script = options.upstream[Math.min(sent.length, options.upstream.length - 1)];
			sent.push(request);
			if (!script) throw new Error('no upstream scripted');
			return script(request);
		},
		config: {
			load: async () => snapshot,
			reload: async () => {
				reloads += 1;
				return { ...snapshot, fresh: true, ...options.reloaded };
			},
		},
		ledger: {
			open: async (request) => {
				opens.push(request);
				const scripted = options.answers?.[Math.min(opens.length, options.answers.length) - 1];
				return { answer: scripted ?? { kind: 'open', requests: null }, unchecked: false };
			},
			extend: async () => options.extend ?? true,
			close: (close) => {
				closes.push(close);
			},
			account: async () => {
				if (!options.account) throw new Error('the ledger can not be reached');
				return options.account;
			},
		},
		encodings: options.encodings ?? unitEncodings(),
		summaries: options.summaries ?? NO_SUMMARIES,
		health: heard.health,
		affinity: heard.affinity,
		catalog: {
			facts: (provider, model) => ({
				...FACTS,
				provider,
				model,
				...(model.startsWith('embed') && { kind: 'embedding' }),
				...options.facts,
				...options.factsOf?.(model),
			}),
			models: () => ['gpt-test'],
			locate: (name) => (name === 'gpt-test' ? { provider: 'openai', model: name } : null),
			refresh: async () => undefined,
		},
		registry: { provider: findProvider, ids: providerIds, wires, embedWires },
		limits: { firstEventMs: 10_000, idleMs: 60_000, totalMs: 600_000, maxAttempts: 3, ...options.limits },
		defer: (work) => {
			deferred.push(work);
		},
		log: (level, event, fields) => {
			logs.push({ level, event, fields });
		},
	};
	return {
		...heard,
		gateway: gateway(ports),
		ports,
		time,
		sent,
		opens,
		closes,
		reloads: () => reloads,
		logs,
		settled: async () => {
			await Promise.all(deferred);
		},
		entries: () => closes.flatMap((close) => (close.entry ? [close.entry] : [])),
	};
}

/** The JSON that was sent upstream, `{}` where nothing was. */
export const sentJson = (request: OutboundRequest | undefined): Record<string, unknown> =>
	JSON.parse(typeof request?.body === 'string' ? request.body : '{}');

let calls = 0;

export function chatCall(request: Partial<ChatRequest> = {}, call: Partial<ChatCall> = {}): ChatCall {
	calls += 1;
	return {
		requestId: `r${calls}`,
		clientRequestId: null,
		agent: null,
		fallback: true,
		receivedAt: 1_000_000,
		signal: null,
		...call,
		request: {
			model: 'openai/gpt-test',
			messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello there' }] }],
			...request,
		},
	};
}

/** A whole OpenAI answer. */
export const answer = (text = 'Hi.', usage: object | null = { prompt_tokens: 10, completion_tokens: 5 }): Response =>
	Response.json({
		id: 'chatcmpl-1',
		object: 'chat.completion',
		model: 'gpt-test-2026',
		choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }],
		...(usage && { usage }),
	});

export const failure = (status: number, headers: Record<string, string> = {}): Response =>
	Response.json({ error: { message: `failed with ${status}`, type: 'x', code: null } }, { status, headers });

const chunk = (delta: object, finish: string | null = null): string =>
	`data: ${JSON.stringify({ id: 'chatcmpl-1', model: 'gpt-test-2026', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;

export const SSE = {
	role: chunk({ role: 'assistant', content: '' }),
	text: (text: string) => chunk({ content: text }),
	stop: chunk({}, 'stop'),
	usage: `data: ${JSON.stringify({ id: 'chatcmpl-1', model: 'gpt-test-2026', choices: [], usage: { prompt_tokens: 10, completion_tokens: 5 } })}\n\n`,
	done: 'data: [DONE]\n\n',
	error: (message = 'boom') => `data: ${JSON.stringify({ error: { message, type: 'server_error', code: null } })}\n\n`,
	comment: ': keep-alive\n\n',
};

/** An SSE answer written by hand: push text, then close or break it. */
export function openSse(): {
	readonly response: Response;
	push(text: string): void;
	close(): void;
	break(): void;
	readonly cancelled: () => boolean;
	/** Makes an abort of the call break the body, as a real fetch does. */
	readonly script: Script;
} {
	let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
	let cancelled = false;
	const encoder = new TextEncoder();
	const body = new ReadableStream<Uint8Array>({
		start(given) {
			controller = given;
		},
		cancel() {
			cancelled = true;
		},
	});
	const response = new Response(body, { headers: { 'content-type': 'text/event-stream' } });
	return {
		response,
		push: (text) => controller?.enqueue(encoder.encode(text)),
		close: () => controller?.close(),
		break: () => controller?.error(new TypeError('connection reset')),
		cancelled: () => cancelled,
		script: (request) => {
			request.signal.addEventListener('abort', () => {
				cancelled = true;
				try {
					controller?.error(request.signal.reason);
				} catch {
					// already closed
				}
			});
			return response;
		},
	};
}

/** A whole SSE answer at once. */
export const sse = (...parts: string[]): Response =>
	new Response(parts.join(''), { headers: { 'content-type': 'text/event-stream' } });

/** Never answers; ends as a real fetch does when its call is aborted. */
export const hang: Script = (request) =>
	new Promise((_, reject) => {
		request.signal.addEventListener('abort', () => reject(request.signal.reason));
	});

/** Answers with comments alone, one a second, for ever. `w`: the world it is in. */
export const pinging =
	(w: () => World): Script =>
	(request) => {
		const body = openSse();
		const ping = (): void => {
			if (body.cancelled()) return;
			body.push(SSE.comment);
			w().time.after(1_000, ping);
		};
		ping();
		return body.script(request);
	};
