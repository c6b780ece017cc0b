/** tRPC v11: context, error shape and procedures. No transformer; errors carry the typed GatewayError as `data.gateway`. */
import { initTRPC, TRPCError } from '@trpc/server';
import { requireScope } from '../auth/scope';
import { type ErrorCode, GatewayError, invalid, toGatewayError } from '../errors';
import type { CallMeta, Gateway } from '../gateway/call';
import type { ContextMode } from '../language/context';
import type { ServiceContext } from '../services/context';

export interface RouterContext {
	readonly services: ServiceContext;
	readonly gateway: Gateway;
	/** Facts of this HTTP request that every inference call carries. */
	readonly call: {
		readonly clientRequestId: string | null;
		readonly agent: string | null;
		readonly fallback: boolean;
		readonly receivedAt: number;
		readonly signal: AbortSignal | null;
		/** `x-switchyard-run` */
		readonly run?: string | null;
		/** `x-switchyard-conversation` */
		readonly conversation?: string | null;
		/** `x-switchyard-context-mode` */
		readonly contextMode?: ContextMode | null;
		/** Id of the HTTP request, where it is one call; each call of a batch takes a new one. */
		readonly requestId?: string;
		/** Hears the facts of each whole answer, for the response headers. */
		readonly answered?: (meta: CallMeta) => void;
	};
	/** Deep readiness, as `/readyz` reports it. */
	readonly ready: () => Promise<Readonly<Record<string, 'ok' | 'failed'>>>;
}

/** `data.gateway` of every tRPC error. */
export interface WireError {
	readonly code: ErrorCode;
	/** `upstream`: a provider failed or refused; `gateway`: Switchyard itself. */
	readonly source: 'gateway' | 'upstream';
	readonly message: string;
	readonly param: string | null;
	readonly retryable: boolean;
	readonly retryAfterMs: number | null;
}

export function wireError(error: GatewayError): WireError {
	return {
		code: error.code,
		source: error.source,
		message: error.message,
		param: error.param ?? null,
		retryable: error.retryable,
		retryAfterMs: error.retryAfterMs ?? null,
	};
}

/** tRPC's own code for ours, so that generic tRPC clients still understand. */
function trpcCode(code: ErrorCode): TRPCError['code'] {
	switch (code) {
		case 'invalid_request':
		case 'context_too_long':
			return 'BAD_REQUEST';
		case 'unauthorized':
			return 'UNAUTHORIZED';
		case 'forbidden':
			return 'FORBIDDEN';
		case 'not_found':
		case 'model_not_found':
			return 'NOT_FOUND';
		case 'conflict':
			return 'CONFLICT';
		case 'too_large':
			return 'PAYLOAD_TOO_LARGE';
		case 'budget_exceeded':
			return 'PAYMENT_REQUIRED';
		case 'rate_limited':
			return 'TOO_MANY_REQUESTS';
		case 'aborted':
			return 'CLIENT_CLOSED_REQUEST';
		case 'internal':
			return 'INTERNAL_SERVER_ERROR';
		case 'upstream_rejected':
		case 'upstream_malformed':
			return 'BAD_GATEWAY';
		case 'upstream_unavailable':
			return 'SERVICE_UNAVAILABLE';
		case 'upstream_timeout':
			return 'GATEWAY_TIMEOUT';
	}
}

interface Issue {
	readonly path: readonly PropertyKey[];
	readonly message: string;
	/** Of `unrecognized_keys`, whose path ends at the object around them. */
	readonly keys?: readonly string[];
}

const pathOf = ({ path, keys = [] }: Issue): string =>
	[...path, ...keys.slice(0, 1)]
		.map((key, at) => (typeof key === 'number' ? `[${key}]` : `${at > 0 ? '.' : ''}${String(key)}`))
		.join('');

/** What tRPC caught, as our error: its own validation failures name the first field at fault. */
export function gatewayErrorOf(error: TRPCError): GatewayError {
	if (error.cause instanceof GatewayError) return error.cause;
	const issues = (error.cause as { issues?: readonly Issue[] } | undefined)?.issues;
	if (error.code === 'BAD_REQUEST') {
		const first = issues?.[0];
		return first ? invalid(pathOf(first), first.message) : new GatewayError('invalid_request', error.message);
	}
	if (error.code === 'NOT_FOUND') return new GatewayError('not_found', 'No such procedure.');
	if (error.code === 'METHOD_NOT_SUPPORTED')
		return new GatewayError('invalid_request', 'Queries are GET, mutations POST.');
	if (error.code === 'UNSUPPORTED_MEDIA_TYPE')
		return new GatewayError(
			'invalid_request',
			'Mutations take content-type application/json; a streamed answer needs trpc-accept: application/jsonl and ?batch=1.',
		);
	if (error.code === 'CLIENT_CLOSED_REQUEST') return new GatewayError('aborted', 'The client closed the request.');
	return toGatewayError(error.cause ?? error);
}

const t = initTRPC.context<RouterContext>().create({
	isDev: false,
	errorFormatter({ shape, error }) {
		const ours = gatewayErrorOf(error);
		return {
			...shape,
			message: ours.message,
			data: { ...shape.data, httpStatus: ours.status, gateway: wireError(ours) },
		};
	},
});

/** Our error as tRPC throws it, with the code that belongs to it. */
export const trpcError = (error: GatewayError): TRPCError =>
	new TRPCError({ code: trpcCode(error.code), message: error.message, cause: error });

/** Services throw GatewayError; tRPC gets it with the code and HTTP status that belong to it. */
const translated = t.middleware(async ({ next }) => {
	const result = await next();
	if (result.ok || result.error.cause instanceof GatewayError === false) return result;
	throw trpcError(result.error.cause);
});

/** Needs a principal that may call models. */
const inference = t.middleware(({ ctx, next }) => {
	requireScope(ctx.services.principal, 'inference');
	return next();
});

const manage = t.middleware(({ ctx, next }) => {
	requireScope(ctx.services.principal, 'manage');
	return next();
});

export const router = t.router;
/** Any authenticated principal. */
export const procedure = t.procedure.use(translated);
export const inferenceProcedure = procedure.use(inference);
export const manageProcedure = procedure.use(manage);
