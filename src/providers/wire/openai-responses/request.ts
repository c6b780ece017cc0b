import { exactText } from '../../../language/exact-json';
import type { ChatRequest, Tool } from '../../../language/request';
import type { DecodePlan, WireRequest, WireTarget } from '../../provider';
import { instructed } from '../instruction';
import type { Json } from '../json';
import { jsonWords } from '../openai-chat/response-format';
import { parametersOf } from '../openai-chat/tools';
import { ToolNames } from '../tool-names';
import { Warnings } from '../warnings';
import { inputItems } from './input';
import { withOptions } from './options';
import { isWrapper } from './parallel-wrapper';
import { isSealed, reasoningField } from './reasoning';
import { formatField } from './text-format';

/** OpenAI: `^[a-zA-Z0-9_-]{1,64}$`. */
const TOOL_NAME_LENGTH = 64;
/** Less is refused (tokens). */
const MIN_OUTPUT = 16;

/** `POST /responses`. Stateless: nothing is stored there, the whole conversation is sent each time. */
export const toRequest = (request: ChatRequest, target: WireTarget): WireRequest =>
	wireRequest('/responses', target.stream, requestBody(request, target));

interface Drafted {
	readonly body: Json;
	readonly warnings: Warnings;
	readonly plan: DecodePlan;
}

export const wireRequest = (path: string, stream: boolean, { body, warnings, plan }: Drafted): WireRequest => ({
	path,
	headers: { 'content-type': 'application/json', accept: stream ? 'text/event-stream' : 'application/json' },
	body: exactText(body),
	warnings: warnings.list,
	plan,
});

/** What was not said is not sent, but for what statelessness takes. */
export function requestBody(request: ChatRequest, target: WireTarget): Drafted {
	const warnings = new Warnings(request.strict);
	const names = new ToolNames(request.tools ?? [], TOOL_NAME_LENGTH);
	const body = {
		model: target.model,
		input: inputItems(instructed(request.messages, jsonWords(request)), { target, names, warnings }),
		...toolFields(request, names, warnings),
		...formatField(request),
		...maxTokensField(request, target, warnings),
		...settingFields(request),
		...reasoningField(request, target, warnings),
		...includeField(request, target),
		store: false,
		...streamFields(target),
	};
	return { body: withOptions(body, request, target, warnings), warnings, plan: decodePlan(request, names, target) };
}

function decodePlan({ reasoning, tools = [] }: ChatRequest, names: ToolNames, { quirks }: WireTarget): DecodePlan {
	const toolNames = names.changed;
	return {
		...(toolNames && { toolNames }),
		...(quirks.reportsCost && { reportsCost: true }),
		...(reasoning && { reasoning }),
		...(tools.length > 0 && !tools.some((tool) => isWrapper(tool.name)) && { parallelWrapper: true }),
	};
}

function toolFields(request: ChatRequest, names: ToolNames, warnings: Warnings): Json {
	const { tools = [], toolChoice, parallelToolCalls } = request;
	if (tools.length === 0) {
		const demanded = toolChoice !== undefined && toolChoice !== 'auto' && toolChoice !== 'none';
		if (demanded) warnings.add('toolChoice', 'A tool call is required but the request has no tools; left out.');
		return {};
	}
	return {
		tools: tools.map((tool) => wireTool(tool, names)),
		...(toolChoice !== undefined && { tool_choice: wireChoice(toolChoice, names) }),
		...(parallelToolCalls !== undefined && { parallel_tool_calls: parallelToolCalls }),
	};
}

/** Flat, and strict unless it says otherwise: the reverse of Chat Completions. */
const wireTool = (tool: Tool, names: ToolNames): Json => ({
	type: 'function',
	name: names.sent(tool.name),
	...(tool.description !== undefined && { description: tool.description }),
	parameters: parametersOf(tool),
	strict: tool.strict ?? false,
});

const wireChoice = (choice: NonNullable<ChatRequest['toolChoice']>, names: ToolNames): unknown =>
	typeof choice === 'string' ? choice : { type: 'function', name: names.sent(choice.name) };

function maxTokensField({ maxTokens }: ChatRequest, { traits, model }: WireTarget, warnings: Warnings): Json {
	if (maxTokens === undefined) return {};
	const most = traits.maxOutput ?? maxTokens;
	if (maxTokens > most) warnings.add('maxTokens', `${model} gives at most ${most} tokens; lowered from ${maxTokens}.`);
	if (maxTokens < MIN_OUTPUT)
		warnings.add('maxTokens', `The Responses API takes no less than ${MIN_OUTPUT} tokens; raised from ${maxTokens}.`);
	return { max_output_tokens: Math.max(MIN_OUTPUT, Math.min(maxTokens, most)) };
}

function settingFields({ temperature, topP, logprobs, user, metadata }: ChatRequest): Json {
	return {
		...(temperature !== undefined && { temperature }),
		...(topP !== undefined && { top_p: topP }),
		...(logprobs && { top_logprobs: logprobs.top }),
		...(user !== undefined && { user }),
		...(metadata && { metadata }),
	};
}

function includeField(request: ChatRequest, target: WireTarget): Json {
	const include = [
		...(isSealed(request, target) ? ['reasoning.encrypted_content'] : []),
		...(request.logprobs ? ['message.output_text.logprobs'] : []),
	];
	return include.length > 0 ? { include } : {};
}

function streamFields({ stream, quirks }: WireTarget): Json {
	if (!stream) return {};
	return { stream: true, ...(quirks.streamObfuscation && { stream_options: { include_obfuscation: false } }) };
}
