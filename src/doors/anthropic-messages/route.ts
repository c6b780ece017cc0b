/** `POST /v1/messages` and `/v1/messages/count_tokens`: read, call the path, answer whole or as a stream. */
import type { Hono } from 'hono';
import type { CallMeta, TokenCount } from '../../gateway/call';
import { parseJsonObject, withBody } from '../../http/body';
import type { HttpContext, HttpEnv } from '../../http/context';
import { answerHeaders, headerText } from '../../http/headers';
import { logFault } from '../../http/on-error';
import { pump } from '../../http/pump';
import { shownRequestId } from '../../http/request-id';
import { doorCall } from '../call';
import { receiptBody } from '../receipt';
import { dialectWarnings } from './dialect';
import { relocated, turnsOf } from './places';
import { type Asked, readCount, readMessages } from './request';
import { messageBody, messageId } from './response';
import { KEEP_ALIVE, MessageStreamEncoder } from './stream';

function headersOf(c: HttpContext, { dialect, stream }: Asked, meta: CallMeta, contentType: string): Headers {
	const warnings = dialectWarnings(dialect, meta.provider).map((warning) => warning.field);
	const headers = answerHeaders({ metas: [meta], streamed: stream, warnings });
	headers.set('content-type', contentType);
	headers.set('request-id', shownRequestId(c));
	return headers;
}

async function placed<T>({ origins }: Asked, work: Promise<T>): Promise<T> {
	try {
		return await work;
	} catch (error) {
		throw relocated(error, origins);
	}
}

async function whole(c: HttpContext, asked: Asked): Promise<Response> {
	const { call, receipt } = doorCall(c, asked.request, asked.extension);
	const answer = await placed(asked, c.var.composition.gateway(c.get('principal')).chat(call));
	const { meta } = answer;
	const body = messageBody(answer, {
		requestId: call.requestId,
		receipt: receipt
			? { warnings: dialectWarnings(asked.dialect, meta.provider), place: turnsOf(asked.origins) }
			: null,
	});
	return new Response(JSON.stringify(body), { headers: headersOf(c, asked, meta, 'application/json') });
}

async function streamed(c: HttpContext, asked: Asked): Promise<Response> {
	const { call, receipt, gone } = doorCall(c, asked.request, asked.extension);
	const stream = await placed(asked, c.var.composition.gateway(c.get('principal')).stream(call));
	const meta = stream.meta();
	const encoder = new MessageStreamEncoder({
		id: messageId(call.requestId),
		model: meta.model,
		requestId: shownRequestId(c),
		stream,
		receipt: receipt
			? () => receiptBody([stream.meta()], dialectWarnings(asked.dialect, meta.provider), turnsOf(asked.origins))
			: null,
		onFault: (error) => logFault(error, c),
	});
	const { body } = pump(c, { sources: [stream.events], encoder, keepAlive: KEEP_ALIVE, gone });
	const headers = headersOf(c, asked, meta, 'text/event-stream; charset=utf-8');
	headers.set('cache-control', 'no-cache, no-transform');
	return new Response(body, { headers });
}

function countHeaders(c: HttpContext, { dialect }: Asked, count: TokenCount): Headers {
	const headers = new Headers({
		'content-type': 'application/json',
		'request-id': shownRequestId(c),
		'x-switchyard-provider': count.provider,
		'x-switchyard-model': headerText(count.model),
		'x-switchyard-config-version': String(count.configVersion),
		'x-switchyard-count': count.method,
	});
	const warnings = [...count.warnings, ...dialectWarnings(dialect, count.provider)].map((warning) => warning.field);
	if (warnings.length > 0) headers.set('x-switchyard-warnings', headerText([...new Set(warnings)].join(', ')));
	return headers;
}

async function counted(c: HttpContext, asked: Asked): Promise<Response> {
	const { call } = doorCall(c, asked.request, asked.extension);
	const count = await placed(asked, c.var.composition.gateway(c.get('principal')).countTokens(call));
	const body = JSON.stringify({ input_tokens: count.inputTokens, method: count.method });
	return new Response(body, { headers: countHeaders(c, asked, count) });
}

export function anthropicMessages(app: Hono<HttpEnv>): void {
	app.post('/v1/messages', (c) =>
		withBody(c, async (text) => {
			const asked = readMessages(parseJsonObject(text), c.req.header('anthropic-beta'));
			return asked.stream ? streamed(c, asked) : whole(c, asked);
		}),
	);
	app.post('/v1/messages/count_tokens', (c) =>
		withBody(c, async (text) => counted(c, readCount(parseJsonObject(text), c.req.header('anthropic-beta')))),
	);
}
