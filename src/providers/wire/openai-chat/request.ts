import { invalid } from '../../../errors';
import type { ChatRequest, Tool } from '../../../language/request';
import type { DecodePlan, WireRequest, WireTarget } from '../../provider';
import type { Json } from '../json';
import { ToolNames } from '../tool-names';
import { Warnings } from '../warnings';
import { wireMessages } from './messages';
import { reasoningFields } from './reasoning';
import { formatFields, instructed } from './response-format';
import { isTaken, settingFields } from './settings';

/** OpenAI: `^[a-zA-Z0-9_-]{1,64}$`. */
const TOOL_NAME_LENGTH = 64;
/** Decided by routing, planning and metering; an option must not undo that. */
const RESERVED: readonly string[] = ['model', 'models', 'messages', 'stream', 'stream_options', 'n'];

/** `POST /chat/completions`. What was not said is not sent; what can't be honoured is left out and named. */
export function toRequest(request: ChatRequest, target: WireTarget): WireRequest {
	const warnings = new Warnings(request.strict);
	const names = new ToolNames(request.tools ?? [], TOOL_NAME_LENGTH);
	const body = {
		model: target.model,
		messages: wireMessages(instructed(request, target), { target, names, warnings }),
		...toolFields(request, names, target, warnings),
		...formatFields(request, target, warnings),
		...maxTokensField(request, target, warnings),
		...settingFields(request, target, warnings),
		...reasoningFields(request, target, warnings),
		...streamFields(target),
		...optionFields(request, target),
	};
	return {
		path: '/chat/completions',
		headers: { 'content-type': 'application/json', accept: target.stream ? 'text/event-stream' : 'application/json' },
		body: JSON.stringify(body),
		warnings: warnings.list,
		plan: decodePlan(request, names, target),
	};
}

function decodePlan(request: ChatRequest, names: ToolNames, { quirks }: WireTarget): DecodePlan {
	const toolNames = names.changed;
	return {
		...(toolNames && { toolNames }),
		...(quirks.reportsCost && { reportsCost: true }),
		...(request.reasoning && { reasoning: request.reasoning }),
	};
}

function toolFields(request: ChatRequest, names: ToolNames, target: WireTarget, warnings: Warnings): Json {
	const { tools = [], toolChoice, parallelToolCalls } = request;
	// Without tools OpenAI refuses both fields; only a demand for a call is then lost.
	if (tools.length === 0) {
		const demanded = toolChoice !== undefined && toolChoice !== 'auto' && toolChoice !== 'none';
		if (demanded) warnings.add('toolChoice', 'A tool call is required but the request has no tools; left out.');
		return {};
	}
	const parallel = parallelToolCalls !== undefined && isTaken('parallelToolCalls', request, target, warnings);
	return {
		tools: tools.map((tool) => wireTool(tool, names)),
		...(toolChoice !== undefined && { tool_choice: wireChoice(toolChoice, names) }),
		...(parallel && { parallel_tool_calls: parallelToolCalls }),
	};
}

/** A tool without parameters gets the empty schema: some servers insist on one. */
const wireTool = ({ name, description, parameters, strict }: Tool, names: ToolNames): Json => ({
	type: 'function',
	function: {
		name: names.sent(name),
		...(description !== undefined && { description }),
		parameters: parameters ?? { type: 'object', properties: {} },
		...(strict !== undefined && { strict }),
	},
});

const wireChoice = (choice: NonNullable<ChatRequest['toolChoice']>, names: ToolNames): unknown =>
	typeof choice === 'string' ? choice : { type: 'function', function: { name: names.sent(choice.name) } };

function maxTokensField({ maxTokens }: ChatRequest, { quirks, traits, model }: WireTarget, warnings: Warnings): Json {
	if (maxTokens === undefined) return {};
	const most = traits.maxOutput ?? maxTokens;
	if (maxTokens > most) warnings.add('maxTokens', `${model} gives at most ${most} tokens; lowered from ${maxTokens}.`);
	return { [quirks.maxTokensField ?? 'max_tokens']: Math.min(maxTokens, most) };
}

/** Without `include_usage` a stream would go unmetered. */
function streamFields({ stream, quirks }: WireTarget): Json {
	if (!stream) return {};
	if (quirks.streamUsage === false) return { stream: true };
	const padding = quirks.streamObfuscation ? { include_obfuscation: false } : {};
	return { stream: true, stream_options: { include_usage: true, ...padding } };
}

/** The caller's own fields for this provider, as they are. Throws `invalid_request` for those the gateway decides. */
function optionFields({ providerOptions }: ChatRequest, { providerId }: WireTarget): Json {
	const fields = providerOptions?.[providerId] ?? {};
	for (const field of RESERVED) {
		if (Object.hasOwn(fields, field)) {
			throw invalid(
				`providerOptions.${providerId}.${field}`,
				`'${field}' is set by the gateway and can't be an option.`,
			);
		}
	}
	return fields;
}
