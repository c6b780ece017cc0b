/**
 * `/v1/providers/{provider}/{path}`: any other path of a configured provider (images, audio, rerank, moderations,
 * files) with our authentication, limits and ledger and the provider's key; the answer is the provider's own.
 */
import type { Hono } from 'hono';
import { GatewayError } from '../../errors';
import type { PassthroughCall } from '../../gateway/call';
import { withBytes } from '../../http/body';
import { callFacts } from '../../http/call-facts';
import type { HttpContext, HttpEnv } from '../../http/context';
import { goneController } from '../../http/gone';
import { answerHeaders } from '../../http/headers';
import { pump } from '../../http/pump';
import { lengthOf, requestHeaders, responseHeaders } from './headers';
import { modelIn } from './model';

const ROOT = '/v1/providers/';
const METHODS: ReadonlySet<string> = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']);

const isMethod = (method: string): method is PassthroughCall['method'] => METHODS.has(method);

/** The path as it was sent: decoding would change what is signed and routed there. Throws `model_not_found`. */
function addressOf(c: HttpContext): Pick<PassthroughCall, 'provider' | 'path' | 'search'> {
	const { pathname, search } = new URL(c.req.url);
	const rest = pathname.slice(ROOT.length);
	const slash = rest.indexOf('/');
	return { provider: providerIn(rest.slice(0, slash)), path: rest.slice(slash), search };
}

/** A slash in it would make part of the model's name of it, by which a key's list of models is checked. */
function providerIn(segment: string): string {
	try {
		const provider = decodeURIComponent(segment);
		if (!provider.includes('/')) return provider;
	} catch {
		// Not UTF-8: no provider either.
	}
	throw new GatewayError('model_not_found', `Unknown provider '${segment}'.`, { param: 'provider' });
}

function methodOf(c: HttpContext): PassthroughCall['method'] {
	const { method } = c.req;
	if (isMethod(method)) return method;
	throw new GatewayError('not_found', `${method} is not passed on: use ${[...METHODS].join(', ')}.`);
}

/** Nothing is written into a body that is not ours. */
const NOTHING = new Uint8Array();

async function passOn(c: HttpContext, body: ArrayBuffer | null): Promise<Response> {
	const { run, clientRequestId, receivedAt } = callFacts(c);
	const gone = goneController(c);
	const address = addressOf(c);
	const call: PassthroughCall = {
		...address,
		requestId: c.get('requestId'),
		clientRequestId,
		receivedAt,
		runId: run,
		signal: gone.signal,
		method: methodOf(c),
		headers: requestHeaders(c.req.raw.headers),
		body,
		model: await modelIn(address.path, body, c.req.header('content-type') ?? ''),
	};
	const gateway = c.var.composition.gateway(c.get('principal'));
	const answer = await gateway.passthrough(call);
	const headers = responseHeaders(answer.headers);
	for (const [name, value] of answerHeaders({ metas: [answer.meta()], streamed: true, warnings: [] }))
		headers.set(name, value);
	const length = lengthOf(answer.headers);
	const pumped = pump(c, {
		sources: [answer.body],
		encoder: { push: (_source, bytes: Uint8Array) => bytes, over: false, fail: () => null, end: () => NOTHING },
		keepAlive: NOTHING,
		...(length !== null && { length }),
		gone,
	});
	const empty = answer.status === 204 || answer.status === 205 || answer.status === 304;
	return new Response(empty ? null : pumped.body, { status: answer.status, headers });
}

export function passthrough(app: Hono<HttpEnv>): void {
	app.all(`${ROOT}:provider/:path{.+}`, (c) => withBytes(c, (body) => passOn(c, body)));
}
