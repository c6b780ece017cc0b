/** The doors on a scripted gateway: a Hono app driven by `request()`, no port, virtual time. */
import { Hono } from 'hono';
import type { Principal } from '../../src/auth/principal';
import { openSession, sealSession, sessionKeys } from '../../src/auth/session';
import { mountDoors } from '../../src/doors';
import { renderedDescription } from '../../src/doors/rest/described/render';
import { parseSettings } from '../../src/env';
import { GatewayError } from '../../src/errors';
import type {
	CallMeta,
	ChatAnswer,
	ChatCall,
	ChatStream,
	EmbedAnswer,
	EmbedCall,
	Gateway,
} from '../../src/gateway/call';
import type { Composition, HttpEnv } from '../../src/http/context';
import type { ContextReceipt } from '../../src/language/context';
import type { ChatEvent } from '../../src/language/event';
import type { ChatResponse } from '../../src/language/request';
import { type Usage, usageOf } from '../../src/language/usage';
import type { ServiceContext } from '../../src/services/context';
import { type VirtualTime, virtualTime } from './virtual-time';

export const USAGE: Usage = usageOf({ input: 8, cacheRead: 2, output: 4, reasoning: 1 });

/** Messages 1 to 3 gone, the images of two made a note, a result of a tool shortened, two messages summarised. */
export const CONTEXT: ContextReceipt = {
	before: 12_000,
	after: 3_900,
	limit: 4_096,
	reserve: 1_024,
	method: 'exact',
	factor: 1,
	dropped: [
		{ first: 1, last: 3, tokens: 5_000, what: 'messages' },
		{ first: 6, last: 7, tokens: 900, what: 'images' },
	],
	shortened: [{ message: 9, before: 1_200, after: 256 }],
	summarized: [{ first: 4, last: 5, tokens: 2_000, into: 120, model: 'mock/echo', cached: true }],
	replans: 1,
};

export const meta = (partial: Partial<CallMeta> = {}): CallMeta => ({
	requestId: 'call-1',
	provider: 'mock',
	model: 'echo',
	attempts: 1,
	configVersion: 7,
	context: CONTEXT,
	warnings: [],
	routing: {
		strategy: 'lowest-cost',
		sticky: true,
		steps: [
			{
				provider: 'openai',
				model: 'gpt',
				key: 'spare',
				outcome: 'skipped',
				reason: 'residency',
				attempts: 0,
				score: null,
			},
			{ provider: 'mock', model: 'echo', key: 'mock', outcome: 'answered', reason: null, attempts: 1, score: 0.25 },
		],
	},
	requests: null,
	costNanoUsd: 15_000n,
	overheadMs: 1.5,
	...partial,
});

export const chatAnswer = (response: Partial<ChatResponse> = {}, facts: Partial<CallMeta> = {}): ChatAnswer => ({
	response: {
		id: 'up-1',
		model: 'echo-2026',
		content: [{ type: 'text', text: 'Hello' }],
		finish: { kind: 'stop', raw: 'stop' },
		usage: USAGE,
		...response,
	},
	meta: meta(facts),
});

export const start: ChatEvent = { type: 'start', id: 'up-1', model: 'echo-2026' };
export const text = (value: string, index = 0): ChatEvent => ({ type: 'text-delta', index, text: value });
export const usage: ChatEvent = { type: 'usage', usage: USAGE };
export const finish: ChatEvent = { type: 'finish', finish: { kind: 'stop', raw: 'stop' } };

export interface ScriptedStream extends ChatStream {
	/** How often `return()` was called. */
	readonly returned: () => number;
	/** True once the generator has run to its end, by whichever way. */
	readonly settled: () => boolean;
}

/** A stream of given batches; a batch may be a promise, so that a test decides when it comes. */
export function chatStream(
	batches: Iterable<readonly ChatEvent[] | Promise<readonly ChatEvent[]>>,
	facts: Partial<CallMeta> = {},
): ScriptedStream {
	let returned = 0;
	let settled = false;
	let leave: () => void = () => undefined;
	const left = new Promise<null>((resolve) => {
		leave = () => resolve(null);
	});
	async function* run(): AsyncGenerator<readonly ChatEvent[], void, void> {
		try {
			for (const batch of batches) {
				const next = await Promise.race([batch, left]);
				if (next === null) return;
				yield next;
			}
		} finally {
			settled = true;
		}
	}
	const inner = run();
	const events = {
		next: () => inner.next(),
		return: (value?: void | PromiseLike<void>) => {
			returned += 1;
			leave();
			return inner.return(value);
		},
		throw: (error: unknown) => inner.throw(error),
		[Symbol.asyncIterator]() {
			return this;
		},
	} as unknown as AsyncGenerator<readonly ChatEvent[], void, void>;
	return { events, meta: () => meta(facts), returned: () => returned, settled: () => settled };
}

export interface ScriptedGateway extends Gateway {
	readonly chats: ChatCall[];
	readonly streams: ChatCall[];
	readonly embeds: EmbedCall[];
}

export interface Script {
	readonly chat?: (call: ChatCall, number: number) => ChatAnswer | Promise<ChatAnswer>;
	readonly stream?: (call: ChatCall, number: number) => ChatStream | Promise<ChatStream>;
	readonly embed?: (call: EmbedCall) => EmbedAnswer | Promise<EmbedAnswer>;
	readonly models?: Gateway['models'];
	readonly passthrough?: Gateway['passthrough'];
	readonly countTokens?: Gateway['countTokens'];
	readonly estimateCost?: Gateway['estimateCost'];
}

const unscripted = () => new GatewayError('internal', 'not scripted');

export function scriptedGateway(script: Script): ScriptedGateway {
	const chats: ChatCall[] = [];
	const streams: ChatCall[] = [];
	const embeds: EmbedCall[] = [];
	return {
		chats,
		streams,
		embeds,
		async chat(call) {
			if (!script.chat) throw unscripted();
			return script.chat(call, chats.push(call) - 1);
		},
		async stream(call) {
			if (!script.stream) throw unscripted();
			return script.stream(call, streams.push(call) - 1);
		},
		async embed(call) {
			if (!script.embed) throw unscripted();
			embeds.push(call);
			return script.embed(call);
		},
		models: script.models ?? (async () => []),
		countTokens: script.countTokens ?? (() => Promise.reject(unscripted())),
		estimateCost: script.estimateCost ?? (() => Promise.reject(unscripted())),
		passthrough: script.passthrough ?? (() => Promise.reject(unscripted())),
	};
}

export const principal = (partial: Partial<Principal> = {}): Principal => ({
	kind: 'gateway-key',
	organizationId: 'org1',
	organizationSlug: 'demo',
	keyId: 'k1',
	mayOverrideModel: true,
	allowedModels: null,
	allowedAgents: null,
	allowedProviders: null,
	mayOverrideSettings: true,
	mayOverridePrompt: true,
	limits: null,
	userId: null,
	scopes: ['inference'],
	role: null,
	actor: 'key:k1',
	origins: [],
	version: 7,
	expiresAt: null,
	...partial,
});

/** Keys the scripted composition knows, and who they are. */
const KEYS: Readonly<Record<string, Principal>> = {
	sy_key: principal(),
	sy_page: principal({ origins: ['https://page.example'] }),
	sy_manage: principal({ scopes: ['inference', 'manage'] }),
	sy_manage_only: principal({ scopes: ['manage'] }),
};

export interface DoorApp {
	readonly app: Hono<HttpEnv>;
	readonly gateway: ScriptedGateway;
	readonly time: VirtualTime;
	readonly logs: { readonly event: string; readonly fields: Readonly<Record<string, unknown>> }[];
	/** With the key `sy_key` unless the headers say otherwise; a body that is not text is sent as JSON. */
	request(path: string, init?: DoorRequest): Promise<Response>;
	post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
	/** For clients that take a `fetch`. */
	fetch(url: string | URL | Request, init?: RequestInit): Promise<Response>;
	/** Waits for everything handed to `waitUntil`. */
	settled(): Promise<void>;
}

export interface DoorRequest {
	readonly method?: string;
	readonly headers?: Readonly<Record<string, string>>;
	readonly body?: unknown;
	readonly signal?: AbortSignal;
	/** false: no `authorization`. */
	readonly key?: string | false;
}

export interface DoorOptions extends Script {
	readonly variables?: Readonly<Record<string, string>>;
	readonly ready?: Composition['ready'];
	readonly services?: Partial<ServiceContext>;
	/** In place of the scripted keys. */
	readonly authenticate?: Composition['authenticate'];
	/** In place of what is built of these sources. */
	readonly asset?: Composition['asset'];
}

const asset: Composition['asset'] = async (path) =>
	path === '/description.json' ? Response.json(await renderedDescription()) : new Response('<!doctype html>');

export function doorApp(options: DoorOptions = {}): DoorApp {
	const time = virtualTime(Date.UTC(2026, 10, 1));
	const gateway = scriptedGateway(options);
	const logs: { event: string; fields: Readonly<Record<string, unknown>> }[] = [];
	const deferred: Promise<unknown>[] = [];
	let ids = 0;
	const newId = () => {
		ids += 1;
		return `id-${ids}`;
	};
	const settings = parseSettings(options.variables ?? {});
	const keys = sessionKeys(settings.encryptionKey, settings.encryptionKeysOld);
	const composition: Composition = {
		settings,
		time,
		newId,
		authenticate: async (headers, how) => {
			if (options.authenticate) return options.authenticate(headers, how);
			const known = KEYS[headers.get('authorization')?.replace('Bearer ', '') ?? headers.get('x-api-key') ?? ''];
			if (known) return known;
			throw new GatewayError('unauthorized', 'Unknown key.');
		},
		renewed: null,
		sessions: {
			seal: async (session) =>
				sealSession(await keys, session, (length) => crypto.getRandomValues(new Uint8Array(length))),
			open: async (sealed) => openSession(await keys, sealed, time.now()),
		},
		gateway: () => gateway,
		services: (who) =>
			({ principal: who, newId, requestId: 'http', now: time.now, ...options.services }) as unknown as ServiceContext,
		ready: options.ready ?? (async () => ({ d1: 'ok', kv: 'ok', ledger: 'ok', health: 'ok' })),
		asset: options.asset ?? asset,
		log: (_level, event, fields) => {
			logs.push({ event, fields });
		},
	};
	const app = new Hono<HttpEnv>();
	app.use(async (c, next) => {
		c.set('composition', composition);
		await next();
	});
	mountDoors(app);
	const context = {
		waitUntil: (work: Promise<unknown>) => {
			deferred.push(work);
		},
		passThroughOnException: () => undefined,
		props: {},
	};
	const send = async (request: Request): Promise<Response> => app.fetch(request, {} as never, context as never);
	const request = (path: string, { key = 'sy_key', headers, body, method, signal }: DoorRequest = {}) =>
		send(
			new Request(`http://gateway.test${path}`, {
				method: method ?? (body === undefined ? 'GET' : 'POST'),
				headers: { ...(key !== false && { authorization: `Bearer ${key}` }), ...headers },
				...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
				...(signal && { signal }),
			}),
		);
	return {
		app,
		gateway,
		time,
		logs,
		request,
		post: (path, body, headers = {}) =>
			request(path, { body, headers: { 'content-type': 'application/json', ...headers } }),
		fetch: (url, init) => send(url instanceof Request ? url : new Request(url, init)),
		settled: async () => {
			for (let done = 0; done < deferred.length; done += 1) await deferred[done];
		},
	};
}

/** The data of each server-sent event; comments are left out. */
export async function sseData(response: Response): Promise<string[]> {
	const body = await response.text();
	return body
		.split('\n\n')
		.filter((event) => event.startsWith('data: '))
		.map((event) => event.slice('data: '.length));
}
