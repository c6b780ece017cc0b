/** The typed client: `createSwitchyard({ url, key? })`. Needs nothing of its platform but `fetch` and web streams. */
import { createTRPCClient, httpBatchStreamLink, type Operation, splitLink, type TRPCClient } from '@trpc/client';
import type { AppRouter } from '../routers';
import type { ChatResult, EmbedResult, EstimateResult, TokenCount } from '../routers/answer';
import type { ChatInput, EmbedInput } from '../routers/inference-input';
import { AnswerStream } from './stream';

export type { AppRouter } from '../routers';
export type {
	AnswerMeta,
	AnswerUsage,
	ChatResult,
	ContextReceipt,
	EmbedResult,
	EstimateResult,
	RoutingDecision,
	RoutingStep,
	StreamEvent,
	TokenCount,
} from '../routers/answer';
export type { ChatInput, EmbedInput } from '../routers/inference-input';
export { asSwitchyardError, type GatewayFailure, isSwitchyardError, type SwitchyardError } from './errors';
export { AnswerStream } from './stream';

type Fetch = (url: string, init?: RequestInit) => Promise<Response>;
type Headers = Readonly<Record<string, string>>;

export interface SwitchyardOptions {
	/** Where the gateway answers, e.g. `https://llm.example.com`. */
	readonly url: string;
	/**
	 * Gateway key, short-lived token or JWT; a function is asked before each request. Absent: none is sent, and the
	 * cookie of a console session counts, on pages of the gateway itself.
	 */
	readonly key?: string | (() => string | Promise<string>);
	/** Slug or id; only for operators, who may act on any organization. */
	readonly organization?: string;
	/** Default: the platform's own. */
	readonly fetch?: Fetch;
	/** Sent with every request. */
	readonly headers?: Headers;
}

export interface CallOptions {
	/** Ends the HTTP request; the gateway then ends the upstream call. */
	readonly signal?: AbortSignal;
	/** Slug of the agent whose configuration applies. */
	readonly agent?: string;
	/** Marks all calls of one run in the usage reports. */
	readonly run?: string;
	/** Your own name of the conversation (1 to 256 characters): it may stay with the provider that has its prompt cached. */
	readonly conversation?: string;
	/** False: only the model asked for, no other in its place. */
	readonly fallback?: boolean;
	/** Your own id of this call, kept beside the gateway's (at most 128 visible ASCII characters). */
	readonly requestId?: string;
}

/** Every method throws `SwitchyardError` (see `isSwitchyardError`) for what the gateway refuses or fails at. */
export interface Switchyard
	extends Pick<
		TRPCClient<AppRouter>,
		'agents' | 'audit' | 'gatewayKeys' | 'memberships' | 'models' | 'organizations' | 'providers'
	> {
	chat(input: ChatInput, options?: CallOptions): Promise<ChatResult>;
	stream(input: ChatInput, options?: CallOptions): AnswerStream;
	embed(input: EmbedInput, options?: Omit<CallOptions, 'conversation'>): Promise<EmbedResult>;
	readonly tokens: {
		/** What the prompt would count at whoever would be asked first. No model is called, nothing is accounted. */
		count(input: ChatInput, options?: CallOptions): Promise<TokenCount>;
	};
	readonly cost: {
		/** What the request would cost there, and whether the budget has that left. Nothing is called or accounted. */
		estimate(input: ChatInput, options?: CallOptions): Promise<EstimateResult>;
	};
	/** The tRPC client beneath, with every procedure. */
	readonly trpc: TRPCClient<AppRouter>;
}

const ALONE: ReadonlySet<string> = new Set([
	'chat',
	'stream',
	'embed',
	'tokens.count',
	'cost.estimate',
	'providers.pullModel',
]);

function addressed<Input extends object>(input: Input, { agent, run, fallback, conversation }: CallOptions): Input {
	return {
		...input,
		...(agent !== undefined && { agent }),
		...(run !== undefined && { runId: run }),
		...(fallback !== undefined && { fallback }),
		...(conversation !== undefined && { conversation }),
	};
}

const transport = ({ signal, requestId }: CallOptions) => ({
	...(signal && { signal }),
	...(requestId !== undefined && { context: { requestId } }),
});

function links(options: SwitchyardOptions) {
	const { url, key, organization, fetch, headers } = options;
	const base = {
		url: `${url.replace(/\/+$/, '')}/trpc`,
		...(fetch && { fetch: (target: unknown, init?: unknown) => fetch(String(target), init as RequestInit) }),
		async headers({ opList: [operation] }: { opList: readonly [Operation, ...Operation[]] }): Promise<Headers> {
			const requestId = operation.context.requestId;
			const credential = typeof key === 'function' ? await key() : key;
			return {
				...headers,
				...(credential !== undefined && { authorization: `Bearer ${credential}` }),
				...(organization !== undefined && { 'x-switchyard-organization': organization }),
				...(typeof requestId === 'string' && { 'x-request-id': requestId }),
			};
		},
	};
	return splitLink<AppRouter>({
		condition: (operation) => ALONE.has(operation.path),
		// One request per call: leaving one answer must end its request and no other.
		true: httpBatchStreamLink({ ...base, maxItems: 1 }),
		false: httpBatchStreamLink({ ...base, maxItems: 50, maxURLLength: 8_000 }),
	});
}

export function createSwitchyard(options: SwitchyardOptions): Switchyard {
	const trpc = createTRPCClient<AppRouter>({ links: [links(options)] });
	return {
		chat: (input, call = {}) => trpc.chat.mutate(addressed(input, call), transport(call)),
		stream: (input, call = {}) =>
			new AnswerStream(
				(signal) => trpc.stream.mutate(addressed(input, call), { ...transport(call), signal }),
				call.signal,
			),
		embed: (input, call = {}) => trpc.embed.mutate(addressed(input, call), transport(call)),
		tokens: { count: (input, call = {}) => trpc.tokens.count.mutate(addressed(input, call), transport(call)) },
		cost: { estimate: (input, call = {}) => trpc.cost.estimate.mutate(addressed(input, call), transport(call)) },
		agents: trpc.agents,
		audit: trpc.audit,
		gatewayKeys: trpc.gatewayKeys,
		memberships: trpc.memberships,
		models: trpc.models,
		organizations: trpc.organizations,
		providers: trpc.providers,
		trpc,
	};
}
