/** `POST /v1/chat/completions` into the language. */
import { invalid } from '../../errors';
import { fieldSchemas, parsedFields } from '../../http/issue';
import { present } from '../../http/present';
import type { ChatRequest, Reasoning, ResponseFormat, Warning } from '../../language/request';
import { dialectOf, lostFields } from './dialect';
import { messagesOf } from './messages';
import { type ChatBody, chatBody } from './schema';
import { type AskedTools, askedTools } from './tools';

export interface Asked {
	readonly request: ChatRequest;
	readonly body: ChatBody;
	readonly tools: AskedTools;
	/** 1–8 */
	readonly n: number;
	readonly stream: boolean;
	/** `stream_options.include_usage` */
	readonly includeUsage: boolean;
	/** What no provider gets from here. */
	readonly warnings: readonly Warning[];
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

function reasoning({ reasoning: asked, reasoning_effort: effort }: ChatBody): Reasoning | undefined {
	const budgetTokens = asked?.max_tokens;
	const said = effort ?? asked?.effort;
	const fields = present({
		effort: said ?? switched(asked?.enabled, budgetTokens),
		budgetTokens,
		summary: asked?.exclude ? ('none' as const) : asked?.summary,
	});
	return Object.keys(fields).length > 0 ? fields : undefined;
}

/** Reasoning that is on, without saying how much, is OpenRouter's `medium`. */
function switched(enabled: boolean | null | undefined, budget: number | null | undefined): Reasoning['effort'] {
	if (enabled === false) return 'none';
	return enabled === true && !budget ? 'medium' : undefined;
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

function maxTokens({ max_tokens: older, max_completion_tokens: newer }: ChatBody): number | undefined {
	if (older && newer && older !== newer)
		throw invalid('max_tokens', 'max_tokens: says other than max_completion_tokens, which replaces it; give one.');
	return newer ?? older ?? undefined;
}

const CHAT_FIELDS = fieldSchemas(chatBody);

/** Throws `invalid_request` naming the field in OpenAI's spelling. */
export function readChat(value: Readonly<Record<string, unknown>>): Asked {
	const body = parsedFields(CHAT_FIELDS, value);
	const stream = body.stream ?? false;
	if (body.stream_options && !stream) throw invalid('stream_options', 'stream_options: needs stream: true.');
	const tools = askedTools(body);
	const request: ChatRequest = {
		messages: messagesOf(body.messages),
		...tools.fields,
		...present({
			model: body.model || undefined,
			models: body.models?.length ? body.models : undefined,
			responseFormat: responseFormat(body.response_format),
			maxTokens: maxTokens(body),
			temperature: body.temperature,
			topP: body.top_p,
			topK: body.top_k,
			stop: stop(body.stop),
			seed: body.seed,
			presencePenalty: body.presence_penalty,
			frequencyPenalty: body.frequency_penalty,
			logprobs: logprobs(body),
			reasoning: reasoning(body),
			variables: body.switchyard?.variables,
			user: body.user || body.safety_identifier || undefined,
			tags: body.switchyard?.tags,
			runId: body.switchyard?.run ?? body.metadata?.run_id,
			metadata: body.metadata,
			strict: body.switchyard?.strict,
			dialect: dialectOf(body),
			providerOptions: body.switchyard?.provider_options,
		}),
	};
	return {
		request,
		body,
		tools,
		n: body.n ?? 1,
		stream,
		includeUsage: body.stream_options?.include_usage ?? false,
		warnings: lostFields(body, value),
	};
}
