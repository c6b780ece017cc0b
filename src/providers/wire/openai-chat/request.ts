import { exactText } from '../../../language/exact-json';
import type { ChatRequest } from '../../../language/request';
import type { DecodePlan, WireRequest, WireTarget } from '../../provider';
import { instructed } from '../instruction';
import type { Json } from '../json';
import { optionsOf } from '../provider-options';
import { ToolNames } from '../tool-names';
import { Warnings } from '../warnings';
import { Breakpoints } from './breakpoints';
import { firstMadeCall } from './made-ids';
import { wireMessages } from './messages';
import { reasoningFields } from './reasoning';
import { formatFields, formatWords } from './response-format';
import { settingFields } from './settings';
import { toolFields } from './tools';

/** OpenAI: `^[a-zA-Z0-9_-]{1,64}$`. */
const TOOL_NAME_LENGTH = 64;
/** Decided by routing, planning and metering; an option must not undo that. */
const RESERVED: readonly string[] = ['model', 'messages', 'stream', 'stream_options', 'n'];

/** `POST /chat/completions`. What was not said is not sent; what can't be honoured is left out and named. */
export function toRequest(request: ChatRequest, target: WireTarget): WireRequest {
	const warnings = new Warnings(request.strict);
	const names = new ToolNames(request.tools ?? [], TOOL_NAME_LENGTH);
	const breakpoints = new Breakpoints(target, warnings);
	const context = { target, names, warnings, breakpoints };
	const body = {
		model: target.model,
		messages: wireMessages(instructed(request.messages, formatWords(request, target)), context),
		...toolFields(request, context),
		...formatFields(request, target, warnings),
		...maxTokensField(request, target, warnings),
		...settingFields(request, target, warnings),
		...reasoningFields(request, target, warnings),
		...streamFields(target),
		// What the provider doesn't speak is gone: `fit.ts`.
		...request.dialect,
		...optionFields(request, target),
	};
	return {
		path: '/chat/completions',
		headers: { 'content-type': 'application/json', accept: target.stream ? 'text/event-stream' : 'application/json' },
		body: exactText(body),
		warnings: warnings.list,
		plan: decodePlan(request, names, target),
	};
}

function decodePlan(request: ChatRequest, names: ToolNames, { quirks }: WireTarget): DecodePlan {
	const toolNames = names.changed;
	const firstCall = firstMadeCall(request.messages);
	return {
		...(toolNames && { toolNames }),
		...(quirks.reportsCost && { reportsCost: true }),
		...(firstCall > 0 && { firstCall }),
		...(request.reasoning && { reasoning: request.reasoning }),
	};
}

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

/** Routing to other models is the caller's own to ask for where the provider does it itself. */
const optionFields = (request: ChatRequest, { providerId, quirks }: WireTarget): Json =>
	optionsOf(request, providerId, quirks.fallbackModels ? RESERVED : [...RESERVED, 'models']);
