/** `POST /v1/chat/completions` into the language. */
import { GatewayError, invalid } from '../../errors';
import { fieldSchemas, parsedFields } from '../../http/issue';
import { present } from '../../http/present';
import type { ChatRequest, Reasoning, ResponseFormat, Tool, ToolChoice } from '../../language/request';
import { dialectOptions } from './dialect';
import { messageOf } from './messages';
import { type ChatBody, chatBody } from './schema';

export interface Asked {
	readonly request: ChatRequest;
	readonly body: ChatBody;
	/** 1–8 */
	readonly n: number;
	readonly stream: boolean;
	/** `stream_options.include_usage` */
	readonly includeUsage: boolean;
}

const tools = (body: ChatBody): Tool[] | undefined =>
	body.tools?.length ? body.tools.map(({ function: { name, ...rest } }) => ({ name, ...present(rest) })) : undefined;

function toolChoice(body: ChatBody): ToolChoice | undefined {
	const choice = body.tool_choice;
	if (choice === null || choice === undefined) return undefined;
	if (choice === 'none' || choice === 'auto') return body.tools?.length ? choice : undefined;
	if (!body.tools?.length) throw invalid('tool_choice', 'tool_choice: there are no tools to choose from.');
	if (choice === 'required') return choice;
	const { name } = choice.function;
	if (!body.tools.some((tool) => tool.function.name === name))
		throw invalid('tool_choice', `tool_choice: tools holds no function named '${name}'.`);
	return { name };
}

function responseFormat(format: ChatBody['response_format']): ResponseFormat | undefined {
	if (!format) return undefined;
	switch (format.type) {
		case 'text':
			return { type: 'text' };
		case 'json_object':
			return { type: 'json' };
		case 'json_schema': {
			const { name, schema, description, strict } = format.json_schema;
			return { type: 'json-schema', name, schema: schema ?? {}, ...present({ description, strict }) };
		}
	}
}

function reasoning(body: ChatBody): Reasoning | undefined {
	const effort = body.reasoning_effort ?? body.reasoning?.effort;
	const budgetTokens = body.reasoning?.max_tokens;
	return effort || budgetTokens ? present({ effort, budgetTokens }) : undefined;
}

function logprobs(body: ChatBody): ChatRequest['logprobs'] {
	if (body.logprobs) return { top: body.top_logprobs ?? 0 };
	if (body.top_logprobs) throw invalid('top_logprobs', 'top_logprobs: needs logprobs: true.');
	return undefined;
}

function stop(value: ChatBody['stop']): string[] | undefined {
	const sequences = typeof value === 'string' ? [value] : (value ?? []);
	return sequences.length > 0 ? sequences : undefined;
}

const CHAT_FIELDS = fieldSchemas(chatBody);

/** Throws `invalid_request` naming the field in OpenAI's spelling. */
export function readChat(value: Readonly<Record<string, unknown>>): Asked {
	const body = parsedFields(CHAT_FIELDS, value);
	const stream = body.stream ?? false;
	if (body.stream_options && !stream) throw invalid('stream_options', 'stream_options: needs stream: true.');
	const hasTools = (body.tools?.length ?? 0) > 0;
	const request: ChatRequest = {
		messages: body.messages.map(messageOf),
		...present({
			model: body.model || undefined,
			models: body.models?.length ? body.models : undefined,
			tools: tools(body),
			toolChoice: toolChoice(body),
			parallelToolCalls: hasTools ? body.parallel_tool_calls : undefined,
			responseFormat: responseFormat(body.response_format),
			maxTokens: body.max_completion_tokens ?? body.max_tokens,
			temperature: body.temperature,
			topP: body.top_p,
			topK: body.top_k,
			stop: stop(body.stop),
			seed: body.seed,
			presencePenalty: body.presence_penalty,
			frequencyPenalty: body.frequency_penalty,
			logprobs: logprobs(body),
			reasoning: reasoning(body),
			user: body.user || body.safety_identifier || undefined,
			tags: body.switchyard?.tags,
			runId: body.switchyard?.run ?? body.metadata?.run_id,
			metadata: body.metadata,
			strict: body.switchyard?.strict,
			providerOptions: dialectOptions(body),
		}),
	};
	if (body.switchyard?.strict) refuseUnsupported(body);
	return {
		request,
		body,
		n: body.n ?? 1,
		stream,
		includeUsage: body.stream_options?.include_usage ?? false,
	};
}

/** With `strict` nothing is lost in silence or by warning: what no provider gets from us is refused. */
function refuseUnsupported(body: ChatBody): void {
	if (body.audio || body.modalities?.some((kind) => kind !== 'text'))
		throw new GatewayError('invalid_request', 'modalities: answers are text only.', { param: 'modalities' });
	if (body.store) throw invalid('store', 'store: completions are not stored.');
	if (body.moderation) throw invalid('moderation', 'moderation: not part of the answer.');
}
