/** `POST /v1/responses`: read, call the path, answer whole or as a stream. Nothing is stored. */
import type { Hono } from 'hono';
import type { CallMeta } from '../../gateway/call';
import { parseJsonObject, withBody } from '../../http/body';
import type { HttpContext, HttpEnv } from '../../http/context';
import { answerHeaders } from '../../http/headers';
import { logFault } from '../../http/on-error';
import { pump } from '../../http/pump';
import { doorCall } from '../call';
import { KEEP_ALIVE } from '../openai-chat/stream';
import { type PlaceOf, receiptBody } from '../receipt';
import { respelled } from '../respell';
import { type Asked, readResponses } from './request';
import { Envelope, endState, wholeOutput } from './response';
import { spellingOf } from './spelling';
import { ResponseStreamEncoder } from './stream';

const seconds = (ms: number): number => Math.floor(ms / 1_000);

/** Instructions are never taken away. */
const itemsOf =
	({ items }: Asked): PlaceOf =>
	(message) =>
		items[message] ?? [message, message];

function headersOf(asked: Asked, meta: CallMeta, contentType: string): Headers {
	const warnings = asked.warnings.map((warning) => warning.field);
	const headers = answerHeaders({ metas: [meta], streamed: asked.stream, warnings });
	headers.set('content-type', contentType);
	return headers;
}

function envelopeOf(c: HttpContext, { body }: Asked, meta: CallMeta): Envelope {
	const createdAt = seconds(c.get('receivedAt'));
	return new Envelope({ requestId: c.get('requestId'), createdAt, model: meta.model, body });
}

async function whole(c: HttpContext, asked: Asked): Promise<Response> {
	const { call, receipt } = doorCall(c, asked.request, asked.extension);
	const { composition } = c.var;
	const answer = await composition.gateway(c.get('principal')).chat(call);
	const { response, meta } = answer;
	const state = endState({
		output: wholeOutput(answer, asked, c.get('requestId')),
		finish: response.finish,
		usage: response.usage,
		meta,
		completedAt: seconds(composition.time.now()),
		receipt: receipt ? receiptBody([meta], asked.warnings, itemsOf(asked)) : undefined,
	});
	const text = envelopeOf(c, asked, meta).text(response.model, state);
	return new Response(text, { headers: headersOf(asked, meta, 'application/json') });
}

async function streamed(c: HttpContext, asked: Asked): Promise<Response> {
	const { call, receipt, gone } = doorCall(c, asked.request, asked.extension);
	const { composition } = c.var;
	const stream = await composition.gateway(c.get('principal')).stream(call);
	const meta = stream.meta();
	const encoder = new ResponseStreamEncoder({
		envelope: envelopeOf(c, asked, meta),
		requestId: c.get('requestId'),
		stream,
		sealed: asked.sealed,
		receipt: receipt ? () => receiptBody([stream.meta()], asked.warnings, itemsOf(asked)) : null,
		now: composition.time.now,
		onFault: (error) => logFault(error, c),
	});
	const { body } = pump(c, { sources: [stream.events], encoder, keepAlive: KEEP_ALIVE, gone });
	const headers = headersOf(asked, meta, 'text/event-stream; charset=utf-8');
	headers.set('cache-control', 'no-cache, no-transform');
	return new Response(body, { headers });
}

export function openAiResponses(app: Hono<HttpEnv>): void {
	app.post('/v1/responses', (c) =>
		withBody(c, async (text) => {
			const asked = readResponses(parseJsonObject(text));
			try {
				return await (asked.stream ? streamed(c, asked) : whole(c, asked));
			} catch (error) {
				throw respelled(error, spellingOf(asked));
			}
		}),
	);
}
