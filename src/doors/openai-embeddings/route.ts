/** `POST /v1/embeddings`. */
import type { Hono } from 'hono';
import { parseJsonObject, withBody } from '../../http/body';
import { callFacts } from '../../http/call-facts';
import type { HttpContext, HttpEnv } from '../../http/context';
import { goneController } from '../../http/gone';
import { answerHeaders } from '../../http/headers';
import { respelled, type Spelling } from '../respell';
import { readEmbeddings } from './request';
import { embeddingsBody } from './response';

/** Canonical fields in OpenAI's words. */
const SPELLING: Spelling = {
	words: { inputType: 'input_type', providerOptions: 'switchyard.provider_options' },
	place: () => null,
};

async function embed(c: HttpContext, text: string): Promise<Response> {
	const { request, format, extension, warnings } = readEmbeddings(parseJsonObject(text));
	const { receipt, run, agent, fallback, contextMode: _, ...facts } = callFacts(c);
	const call = {
		...facts,
		requestId: c.get('requestId'),
		agent: agent ?? extension.agent ?? null,
		fallback: fallback && (extension.fallback ?? true),
		signal: goneController(c).signal,
		request: run === null ? request : { ...request, runId: run },
	};
	const answer = await c.var.composition
		.gateway(c.get('principal'))
		.embed(call)
		.catch((error: unknown) => {
			throw respelled(error, SPELLING);
		});
	const named = warnings.map((warning) => warning.field);
	const headers = answerHeaders({ metas: [answer.meta], streamed: false, warnings: named });
	headers.set('content-type', 'application/json');
	const body = embeddingsBody(answer, format, receipt || extension.receipt ? { warnings } : null);
	return new Response(JSON.stringify(body), { headers });
}

export function openAiEmbeddings(app: Hono<HttpEnv>): void {
	app.post('/v1/embeddings', (c) => withBody(c, (text) => embed(c, text)));
}
