/** `ChatRequest` → `POST /api/chat`. */

import { exactText } from '../../../language/exact-json';
import type { ChatRequest } from '../../../language/request';
import type { WireRequest, WireTarget } from '../../provider';
import { formatInstruction, instructed } from '../instruction';
import { isObject, type Json } from '../json';
import { warnOfSignatures } from '../plain-reasoning';
import { optionsOf } from '../provider-options';
import { Warnings } from '../warnings';
import { wireMessages } from './messages';
import { thinkField } from './reasoning';
import { offer } from './tools';

/** Decided by routing, planning and metering. */
const RESERVED: readonly string[] = ['model', 'messages', 'stream'];

/** Throws `invalid_request` where the target can't carry the request at all, or not as a strict one asks. */
export function toRequest(request: ChatRequest, target: WireTarget): WireRequest {
	const warnings = new Warnings(request.strict);
	const { tools, instruction } = offer(request, warnings);
	const format = formatOf(request, tools.length > 0, warnings);
	const own = optionsOf(request, target.providerId, RESERVED);
	const options = { ...settings(request, target, warnings), ...(isObject(own.options) && own.options) };
	const instructions = [instruction, format.instruction].filter((one) => one !== undefined);
	warnOfSignatures(request.messages, warnings);
	const body = {
		model: target.model,
		messages: wireMessages(instructed(request.messages, instructions)),
		...(tools.length > 0 && { tools }),
		...(format.field !== undefined && { format: format.field }),
		...thinkField(request, target, warnings),
		...logprobFields(request),
		// A prompt that does not fit is refused, and an answer at the window's end is cut: by itself it forgets in silence.
		truncate: false,
		shift: false,
		...own,
		...(Object.keys(options).length > 0 && { options }),
		stream: target.stream,
	};
	return {
		path: '/api/chat',
		headers: {
			'content-type': 'application/json',
			accept: target.stream ? 'application/x-ndjson' : 'application/json',
		},
		body: exactText(body),
		warnings: warnings.list,
		plan: request.reasoning ? { reasoning: request.reasoning } : {},
	};
}

/** A grammar holds from the first token on, so with it no tool could be called: beside tools it is said in words. */
function formatOf(
	{ responseFormat: format }: ChatRequest,
	besideTools: boolean,
	warnings: Warnings,
): { readonly field?: unknown; readonly instruction?: string | undefined } {
	if (format === undefined || format.type === 'text') return {};
	if (!besideTools) return { field: format.type === 'json' ? 'json' : format.schema };
	warnings.add('responseFormat', 'The output format would rule out tool calls here; the model was told it in words.');
	return { instruction: formatInstruction(format) };
}

function settings(request: ChatRequest, { traits, model }: WireTarget, warnings: Warnings): Json {
	const { maxTokens, temperature, topP, topK, seed, stop, presencePenalty, frequencyPenalty } = request;
	const most = traits.maxOutput ?? Number.POSITIVE_INFINITY;
	if (maxTokens !== undefined && maxTokens > most) {
		warnings.add('maxTokens', `${model} gives at most ${most} tokens; lowered from ${maxTokens}.`);
	}
	return {
		...(maxTokens !== undefined && { num_predict: Math.min(maxTokens, most) }),
		...(temperature !== undefined && { temperature }),
		...(topP !== undefined && { top_p: topP }),
		...(topK !== undefined && { top_k: topK }),
		...(seed !== undefined && { seed }),
		...(stop !== undefined && stop.length > 0 && { stop }),
		...(presencePenalty !== undefined && { presence_penalty: presencePenalty }),
		...(frequencyPenalty !== undefined && { frequency_penalty: frequencyPenalty }),
	};
}

const logprobFields = ({ logprobs }: ChatRequest): Json =>
	logprobs ? { logprobs: true, ...(logprobs.top > 0 && { top_logprobs: logprobs.top }) } : {};
