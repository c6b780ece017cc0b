/** `POST /v1/chat/completions`: read, call the path once per choice, answer whole or as a stream. */
import type { Hono } from 'hono';
import type { CallMeta, ChatCall, ChatStream } from '../../gateway/call';
import { parseJsonObject, withBody } from '../../http/body';
import type { HttpContext, HttpEnv } from '../../http/context';
import { answerHeaders } from '../../http/headers';
import { logFault } from '../../http/on-error';
import { pump } from '../../http/pump';
import { doorCall } from '../call';
import { receiptBody } from '../receipt';
import { respelled } from '../respell';
import { type Asked, readChat } from './request';
import { completionBody } from './response';
import { spellingOf } from './spelling';
import { ChatStreamEncoder, KEEP_ALIVE } from './stream';

interface Calls {
	/** One per choice, each accounted by itself. */
	readonly calls: readonly ChatCall[];
	readonly receipt: boolean;
	readonly gone: AbortController;
}

function callsOf(c: HttpContext, { request, body, n }: Asked): Calls {
	const { call, receipt, gone } = doorCall(c, request, body.switchyard);
	const { newId } = c.var.composition;
	const calls = Array.from({ length: n }, (_, at) => (at === 0 ? call : { ...call, requestId: newId() }));
	return { calls, receipt, gone };
}

/** All of them, or the first error: then the others are aborted, and `discard` gets what they still bring. */
async function together<T>(
	c: HttpContext,
	tasks: readonly Promise<T>[],
	gone: AbortController,
	discard: (result: T) => Promise<unknown>,
): Promise<readonly T[]> {
	try {
		return await Promise.all(tasks);
	} catch (error) {
		gone.abort(error);
		c.executionCtx.waitUntil(Promise.allSettled(tasks.map((task) => task.then(discard))));
		throw error;
	}
}

/** A stream nobody will read is started and ended, so that its call is settled. */
async function unread(stream: ChatStream): Promise<void> {
	await stream.events.next();
	await stream.events.return();
}

function headersOf({ stream, warnings }: Asked, metas: readonly CallMeta[], contentType: string): Headers {
	const headers = answerHeaders({ metas, streamed: stream, warnings: warnings.map((warning) => warning.field) });
	headers.set('content-type', contentType);
	return headers;
}

async function whole(c: HttpContext, asked: Asked): Promise<Response> {
	const { calls, receipt, gone } = callsOf(c, asked);
	const gateway = c.var.composition.gateway(c.get('principal'));
	const tasks = calls.map((call) => gateway.chat(call));
	const answers = await together(c, tasks, gone, () => Promise.resolve());
	const metas = answers.map((answer) => answer.meta);
	const body = completionBody(answers, {
		requestId: c.get('requestId'),
		created: Math.floor(c.get('receivedAt') / 1_000),
		legacy: asked.tools.legacy,
		receipt: receipt ? { warnings: asked.warnings } : null,
	});
	return new Response(JSON.stringify(body), { headers: headersOf(asked, metas, 'application/json') });
}

async function streamed(c: HttpContext, asked: Asked): Promise<Response> {
	const { calls, receipt, gone } = callsOf(c, asked);
	const gateway = c.var.composition.gateway(c.get('principal'));
	const tasks = calls.map((call) => gateway.stream(call));
	const streams = await together(c, tasks, gone, unread);
	const metas = streams.map((stream) => stream.meta());
	const encoder = new ChatStreamEncoder({
		envelope: {
			id: `chatcmpl-${c.get('requestId')}`,
			created: Math.floor(c.get('receivedAt') / 1_000),
			model: metas[0]?.model ?? '',
			includeUsage: asked.includeUsage,
			legacy: asked.tools.legacy,
		},
		streams,
		receipt: receipt
			? () =>
					receiptBody(
						streams.map((stream) => stream.meta()),
						asked.warnings,
					)
			: null,
		onFault: (error) => logFault(error, c),
	});
	const sources = streams.map((stream) => stream.events);
	const { body } = pump(c, { sources, encoder, keepAlive: KEEP_ALIVE, gone });
	const headers = headersOf(asked, metas, 'text/event-stream; charset=utf-8');
	headers.set('cache-control', 'no-cache, no-transform');
	return new Response(body, { headers });
}

export function openAiChat(app: Hono<HttpEnv>): void {
	app.post('/v1/chat/completions', (c) =>
		withBody(c, async (text) => {
			const asked = readChat(parseJsonObject(text));
			try {
				return await (asked.stream ? streamed(c, asked) : whole(c, asked));
			} catch (error) {
				throw respelled(error, spellingOf(asked));
			}
		}),
	);
}
