/** `/trpc/*`: the typed API over tRPC's own HTTP form, streams pumped. */
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import type { Hono } from 'hono';
import type { CallMeta } from '../../gateway/call';
import { withBody } from '../../http/body';
import { callFacts } from '../../http/call-facts';
import type { HttpContext, HttpEnv } from '../../http/context';
import { goneController } from '../../http/gone';
import { answerHeaders, batchErrorHeaders, errorHeaders } from '../../http/headers';
import { logFault } from '../../http/on-error';
import { pumpBody } from '../../http/pump';
import { appRouter } from '../../routers';
import { gatewayErrorOf, type RouterContext } from '../../routers/init';

const JSON_LINES = 'application/jsonl';

/** Whitespace between two lines: what tRPC itself writes as a ping. */
const KEEP_ALIVE = new TextEncoder().encode(' ');

/** Calls in one HTTP request. */
const MAX_BATCH = 100;

function contextOf(c: HttpContext, call: RouterContext['call']): RouterContext {
	const { composition } = c.var;
	const principal = c.get('principal');
	return {
		services: composition.services(principal, c.get('requestId')),
		gateway: composition.gateway(principal),
		call,
		ready: () => composition.ready(),
	};
}

async function answered(c: HttpContext, text: string | null, gone: AbortController): Promise<Response> {
	const { url, method, headers } = c.req.raw;
	const metas: CallMeta[] = [];
	const { receipt: _, ...facts } = callFacts(c);
	const call: RouterContext['call'] = {
		...facts,
		signal: gone.signal,
		answered: (meta) => {
			metas.push(meta);
		},
	};
	return fetchRequestHandler({
		endpoint: '/trpc',
		req: new Request(url, { method, headers, signal: gone.signal, ...(text !== null && { body: text }) }),
		router: appRouter,
		maxBatchSize: MAX_BATCH,
		createContext: async ({ info }) =>
			contextOf(c, info.calls.length === 1 ? { ...call, requestId: c.get('requestId') } : call),
		// One whole answer has the headers of an inference answer; of a batch they could not say whose they are.
		responseMeta: ({ errors, data, paths }) => {
			const failures = errors.map(gatewayErrorOf);
			const [failure] = failures;
			if (failure && data.length === 1) return { headers: errorHeaders(failure) };
			if (failures.length > 0 && failures.length === data.length) return { headers: batchErrorHeaders(failures) };
			return paths?.length === 1 ? { headers: answerHeaders({ metas, streamed: false, warnings: [] }) } : {};
		},
		onError: ({ error }) => logFault(gatewayErrorOf(error), c),
	});
}

/**
 * A stream is named for what it is: as `application/json` proxies compress it and hold it back to its end.
 * It is written from `waitUntil`, since tRPC's own pull-driven body may never hear that its client has left.
 */
function written(c: HttpContext, res: Response, gone: AbortController, until: (end: Promise<unknown>) => void) {
	const asked = c.req.header('trpc-accept') === JSON_LINES || c.req.header('accept') === JSON_LINES;
	if (!asked || !res.ok || !res.body) return res;
	const { body, done } = pumpBody(c, res.body, { keepAlive: KEEP_ALIVE, gone });
	until(done);
	const headers = new Headers(res.headers);
	headers.delete('transfer-encoding');
	headers.set('content-type', JSON_LINES);
	headers.set('cache-control', 'no-cache, no-transform');
	return new Response(body, { status: res.status, headers });
}

export function trpc(app: Hono<HttpEnv>): void {
	app.post('/trpc/*', (c) =>
		withBody(c, async (text, until) => {
			const gone = goneController(c);
			return written(c, await answered(c, text, gone), gone, until);
		}),
	);
	app.all('/trpc/*', async (c) => {
		const gone = goneController(c);
		return written(c, await answered(c, null, gone), gone, () => undefined);
	});
}
