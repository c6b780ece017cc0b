/** One HTTP exchange with an upstream: address, key, status. The body is the caller's. */
import { GatewayError, toGatewayError } from '../errors';
import type { Wire, WireRequest } from '../providers/provider';
import { malformed } from '../providers/wire/json';
import { authorized, type UpstreamRequest } from './authorize';
import type { Ports } from './ports';
import type { Target } from './target';
import { withoutKey } from './without-key';

/** Most of an error body that is read (bytes). */
const ERROR_BODY_LIMIT = 64 * 1024;
/** Most of a whole answer that is read (bytes). */
export const ANSWER_LIMIT = 64 * 1024 * 1024;

/** Who wants to know the headers of an answer, whatever its status. */
export interface Hearer {
	headers: Headers | null;
}

/**
 * Sends and waits for the head of a 2xx answer. Throws GatewayError: what the upstream refused, as its
 * wire reads it; `upstream_unavailable` without a connection; the abort reason where `signal` fired.
 */
export async function exchange(
	target: Target,
	request: WireRequest,
	wire: Pick<Wire, 'fromError'>,
	signal: AbortSignal,
	ports: Pick<Ports, 'send' | 'time'>,
	hearer: Hearer | null = null,
): Promise<Response> {
	const { provider, credential } = target;
	const path =
		provider.routing?.path?.(request.path, target.upstreamModel, credential.config, credential.baseUrl) ?? request.path;
	const headers = { 'content-type': 'application/json', ...request.headers };
	const call: UpstreamRequest = { method: 'POST', url: credential.baseUrl + path, headers, body: request.body };
	return dispatch(call, target, wire, signal, ports, hearer);
}

/** The same for a request that no wire made. */
export async function dispatch(
	call: UpstreamRequest,
	{ provider, credential }: Pick<Target, 'provider' | 'credential'>,
	wire: Pick<Wire, 'fromError'>,
	signal: AbortSignal,
	ports: Pick<Ports, 'send' | 'time'>,
	hearer: Hearer | null = null,
): Promise<Response> {
	let response: Response;
	try {
		response = await ports.send({
			provider: provider.id,
			...call,
			headers: await authorized(call, { provider, credential }, ports.time),
			signal,
			trust: credential.trust,
		});
	} catch (error) {
		throw failureOf(error, signal);
	}
	if (hearer) hearer.headers = response.headers;
	if (response.ok) return response;
	if (response.status >= 300 && response.status < 400) {
		await discard(response);
		throw new GatewayError('upstream_malformed', 'The upstream answered with a redirect, which is not followed.', {
			upstream: { failure: 'malformed', status: response.status, scope: 'provider' },
		});
	}
	const body = await readText(response, ERROR_BODY_LIMIT, signal, 'cut').catch(() => '');
	if (signal.aborted) throw failureOf(signal.reason, signal);
	throw withoutKey(wire.fromError(response.status, response.headers, body), credential.apiKey);
}

/**
 * What a failed read or send means: the reason it was aborted for, else a network failure. `status`: of the answer that
 * had begun.
 */
export function failureOf(error: unknown, signal: AbortSignal, status?: number): GatewayError {
	const reason: unknown = signal.aborted ? signal.reason : error;
	if (reason instanceof GatewayError) return reason;
	if (signal.aborted) return toGatewayError(reason);
	return new GatewayError('upstream_unavailable', 'The connection to the upstream broke.', {
		upstream: { failure: 'network', scope: 'provider', ...(status !== undefined && { status }) },
		cause: error,
	});
}

/** Lower-case; empty where there is none. */
export const typeOf = ({ headers }: Response): string => (headers.get('content-type') ?? '').toLowerCase();

/** `type`: as `typeOf` has it. */
export const isPage = (type: string): boolean => type.startsWith('text/html');

/** Whatever sent it is none of the API's. */
export const webPage = ({ status }: Response): GatewayError =>
	new GatewayError('upstream_malformed', 'The upstream answered with a web page.', {
		upstream: { failure: 'malformed', scope: 'provider', status, page: true },
	});

/**
 * What a wire reads in a whole answer. Where it finds none in a web page, that is what came. Where it stumbles, the
 * answer was made all the same: `upstream_malformed`.
 */
export function legible<T>(response: Response, read: () => T): T {
	try {
		return read();
	} catch (error) {
		const known = error instanceof GatewayError;
		if (known && error.upstream?.failure !== 'malformed') throw error;
		if (isPage(typeOf(response))) throw webPage(response);
		throw known ? error : malformed('The upstream sent an unreadable answer.', error);
	}
}

export async function discard(response: Response): Promise<void> {
	await response.body?.cancel().catch(() => undefined);
}

/** The body as text, at most `limit` bytes: above it cut off, or refused as `upstream_malformed`. */
export async function readText(
	response: Response,
	limit: number,
	signal: AbortSignal,
	above: 'cut' | 'refuse',
): Promise<string> {
	if (!response.body) return '';
	const declared = Number(response.headers.get('content-length') ?? Number.NaN);
	try {
		// A stated length is enforced by HTTP itself, and the platform reads at a fraction of the cost of a loop here. Of
		// a compressed body it says nothing: what unfolds in memory is counted.
		if (declared <= limit && !response.headers.has('content-encoding')) return await response.text();
		return await readUnsized(response.body.getReader(), limit, above);
	} catch (error) {
		throw failureOf(error, signal, response.status);
	}
}

async function readUnsized(
	reader: ReadableStreamDefaultReader<Uint8Array>,
	limit: number,
	above: 'cut' | 'refuse',
): Promise<string> {
	const decoder = new TextDecoder();
	let text = '';
	let size = 0;
	for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
		size += chunk.value.byteLength;
		text += decoder.decode(chunk.value, { stream: true });
		if (size <= limit) continue;
		reader.cancel().catch(() => undefined);
		if (above === 'cut') return text;
		throw malformed('The upstream sent a larger answer than is accepted.');
	}
	return text + decoder.decode();
}
