/** `ChatRequest` → `POST /models/{model}:generateContent` (PROVIDERS section 4). */
import { invalid } from '../../../errors';
import { exactText } from '../../../language/exact-json';
import type { ChatRequest, Warning } from '../../../language/request';
import type { WireRequest, WireTarget } from '../../provider';
import { isObject, type Json, objectOf } from '../json';
import { optionsOf } from '../provider-options';
import { ToolNames } from '../tool-names';
import { Warnings } from '../warnings';
import { toConversation } from './contents';
import { toFormat } from './format';
import { lineOf } from './lines';
import { pathOf } from './resource';
import { thinkingFields } from './thinking';
import { toTools } from './tools';

/** Letters, digits, `_` and `-` of them are what every model takes. */
const TOOL_NAME_LENGTH = 64;
const MAX_STOPS = 5;
/** Decided by the model asked for and by the conversation. */
const RESERVED: readonly string[] = ['model', 'contents', 'systemInstruction'];

export interface Composed {
	readonly body: Json;
	readonly warnings: readonly Warning[];
	readonly plan: WireRequest['plan'];
}

/** Throws `invalid_request` where the target can't carry the request at all, or not as a strict one asks. */
export function toRequest(request: ChatRequest, target: WireTarget): WireRequest {
	const { body, warnings, plan } = compose(request, target);
	const method = target.stream ? 'streamGenerateContent?alt=sse' : 'generateContent';
	return {
		path: pathOf(target.model, method),
		headers: { 'content-type': 'application/json', accept: target.stream ? 'text/event-stream' : 'application/json' },
		body: exactText(body),
		warnings,
		plan,
	};
}

/** The body, whatever method it is for. */
export function compose(request: ChatRequest, target: WireTarget): Composed {
	const warnings = new Warnings(request.strict);
	const line = lineOf(target.model);
	const names = new ToolNames(request.tools ?? [], TOOL_NAME_LENGTH, 'start');
	const options = optionsOf(request, target.providerId, RESERVED);
	const format = toFormat(request, target, line, warnings);
	const { system, contents } = toConversation(request.messages, format.instructions, { line, names, warnings });
	const { tools, toolConfig } = toTools(request, line, names, warnings);
	const generationConfig = {
		...settings(request, target, warnings),
		...format.fields,
		...thinkingFields(request, target.traits, warnings),
		...generationOptions(options, target.providerId),
	};
	const allTools = [...(tools ?? []), ...(Array.isArray(options.tools) ? options.tools : [])];
	const toolNames = names.changed;
	return {
		body: {
			contents,
			...(system.length > 0 && { systemInstruction: { parts: system } }),
			...options,
			...(allTools.length > 0 && { tools: allTools }),
			...((toolConfig || isObject(options.toolConfig)) && {
				toolConfig: { ...toolConfig, ...objectOf(options.toolConfig) },
			}),
			...(Object.keys(generationConfig).length > 0 && { generationConfig }),
		},
		warnings: warnings.list,
		plan: { ...(toolNames && { toolNames }), ...(request.reasoning && { reasoning: request.reasoning }) },
	};
}

/** What was said and needs no translation. */
function settings(request: ChatRequest, { model, traits }: WireTarget, warnings: Warnings): Json {
	const { temperature, topP, topK, seed, logprobs } = request;
	const stop = (request.stop ?? []).filter((sequence) => sequence !== '');
	if (stop.length > MAX_STOPS) warnings.add('stop', `Only ${MAX_STOPS} stop sequences are taken; the first were sent.`);
	return {
		...maxTokensField(request.maxTokens, model, traits.maxOutput, warnings),
		...(temperature !== undefined && { temperature }),
		...(topP !== undefined && { topP }),
		...(topK !== undefined && { topK }),
		...(seed !== undefined && { seed }),
		...(stop.length > 0 && { stopSequences: stop.slice(0, MAX_STOPS) }),
		...(logprobs && { responseLogprobs: true, ...(logprobs.top > 0 && { logprobs: logprobs.top }) }),
	};
}

function maxTokensField(asked: number | undefined, model: string, most: number | null, warnings: Warnings): Json {
	if (asked === undefined) return {};
	if (most === null || asked <= most) return { maxOutputTokens: asked };
	warnings.add('maxTokens', `${model} gives at most ${most} tokens; lowered from ${asked}.`);
	return { maxOutputTokens: most };
}

/** The caller's own fields win, but for the count of answers: one is read. */
function generationOptions({ generationConfig }: Json, providerId: string): Json {
	const fields = objectOf(generationConfig) ?? {};
	if (!Object.hasOwn(fields, 'candidateCount')) return fields;
	const param = `providerOptions.${providerId}.generationConfig.candidateCount`;
	throw invalid(param, `${param}: the gateway reads one answer; ask for several with 'n'.`);
}
