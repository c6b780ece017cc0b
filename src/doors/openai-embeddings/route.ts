/** `POST /v1/embeddings`. */
import type { Hono } from 'hono';
import { parseJsonObject, withBody } from '../../http/body';
import { callFacts } from '../../http/call-facts';
import type { HttpContext, HttpEnv } from '../../http/context';
import { goneController } from '../../http/gone';
import { answerHeaders } from '../../http/headers';
import { readEmbeddings } from './request';
import { embeddingsBody } from './response';

async function embed(c: HttpContext, text: string): Promise<Response> {
	const { request, format, extension } = readEmbeddings(parseJsonObject(text));
	const { receipt, run, agent, fallback, ...facts } = callFacts(c);
	const answer = await c.var.composition.gateway(c.get('principal')).embed({
		...facts,
		requestId: c.get('requestId'),
		agent: agent ?? extension.agent ?? null,
		fallback: fallback && (extension.fallback ?? true),
		signal: goneController(c).signal,
		request: run === null ? request : { ...request, runId: run },
	});
	const headers = answerHeaders({ metas: [answer.meta], streamed: false, warnings: [] });
	headers.set('content-type', 'application/json');
	const body = embeddingsBody(answer, format, receipt || (extension.receipt ?? false));
	return new Response(JSON.stringify(body), { headers });
}

export function openAiEmbeddings(app: Hono<HttpEnv>): void {
	app.post('/v1/embeddings', (c) => withBody(c, (text) => embed(c, text)));
}
