/** `chat`, `stream` and `embed`: the typed way to the path. */
import type * as z from 'zod';
import { GatewayError, toGatewayError } from '../errors';
import type { ChatCall, ChatStream } from '../gateway/call';
import type { ChatEvent } from '../language/event';
import { answerMeta, answerUsage, chatResult, embedResult, type StreamEvent } from './answer';
import { chatInput, embedInput } from './inference-input';
import { inferenceProcedure, type RouterContext, trpcError } from './init';

interface Addressed {
	readonly agent?: string;
	readonly fallback?: boolean;
	readonly runId?: string;
	readonly conversation?: string;
}

/** The call around a request: what the input says wins over the headers, which a whole batch shares. */
function callOf<Input extends Addressed>(ctx: RouterContext, input: Input, signal: AbortSignal | undefined) {
	const { agent, fallback, conversation, ...request } = input;
	const { call, services } = ctx;
	const runId = request.runId ?? call.run ?? undefined;
	return {
		requestId: call.requestId ?? services.newId(),
		clientRequestId: call.clientRequestId,
		agent: agent ?? call.agent,
		fallback: fallback ?? call.fallback,
		conversation: conversation ?? call.conversation ?? null,
		receivedAt: call.receivedAt,
		signal: signal ?? call.signal,
		request: runId === undefined ? request : { ...request, runId },
	};
}

/**
 * The answer's events as JSON; throws the error event, which ends it. When the client has left, tRPC's own
 * `return` would wait for the upstream's next event: the abort ends it at once.
 */
async function* eventsOf(stream: ChatStream, signal: AbortSignal | undefined): AsyncGenerator<StreamEvent, void, void> {
	let last: ChatEvent | null = null;
	signal?.addEventListener('abort', () => void stream.events.return(), { once: true });
	for await (const batch of stream.events) {
		if (last === null) yield { type: 'meta', meta: answerMeta(stream.meta()) };
		for (const event of batch) {
			last = event;
			if (event.type === 'usage') yield { type: 'usage', usage: answerUsage(event.usage) };
			else if (event.type !== 'error') yield event;
		}
	}
	yield { type: 'meta', meta: answerMeta(stream.meta()) };
	if (last?.type !== 'finish') throw last?.type === 'error' ? last.error : cut(signal);
}

const cut = (signal: AbortSignal | undefined): GatewayError =>
	signal?.aborted
		? new GatewayError('aborted', 'The client closed the request.')
		: new GatewayError('upstream_malformed', 'The upstream ended its answer without a finish reason.');

/** The same with what may be done so that the conversation fits. */
export function chatCallOf(
	ctx: RouterContext,
	input: z.output<typeof chatInput>,
	signal: AbortSignal | undefined,
): ChatCall {
	const mode = input.context?.mode ?? ctx.call.contextMode;
	return callOf(ctx, mode ? { ...input, context: { mode } } : input, signal);
}

export const chat = inferenceProcedure.input(chatInput).mutation(async ({ ctx, input, signal }) => {
	const answer = await ctx.gateway.chat(chatCallOf(ctx, input, signal));
	ctx.call.answered?.(answer.meta);
	return chatResult(answer);
});

/** Nothing is called before the first event is asked for, so an answer that can't be streamed costs nothing. */
export const stream = inferenceProcedure.input(chatInput).mutation(async function* ({ ctx, input, signal }) {
	try {
		yield* eventsOf(await ctx.gateway.stream(chatCallOf(ctx, input, signal)), signal);
	} catch (error) {
		throw trpcError(toGatewayError(error));
	}
});

export const embed = inferenceProcedure.input(embedInput).mutation(async ({ ctx, input, signal }) => {
	const answer = await ctx.gateway.embed(callOf(ctx, input, signal));
	ctx.call.answered?.(answer.meta);
	return embedResult(answer);
});
