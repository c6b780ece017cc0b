/** `ChatRequest` → `POST /v2/chat`. */

import { exactText } from '../../../language/exact-json';
import type { ChatRequest } from '../../../language/request';
import type { WireRequest, WireTarget } from '../../provider';
import { formatInstruction, instructed } from '../instruction';
import type { Json } from '../json';
import { warnOfSignatures } from '../plain-reasoning';
import { optionsOf } from '../provider-options';
import { ToolNames } from '../tool-names';
import { Warnings } from '../warnings';
import { wireMessages } from './messages';
import { thinkingField } from './reasoning';
import { settingFields } from './settings';
import { toolFields } from './tools';

const TOOL_NAME_LENGTH = 64;
/** Decided by routing, planning and metering. */
const RESERVED: readonly string[] = ['model', 'messages', 'stream'];

/** Throws `invalid_request` where the target can't carry the request at all, or not as a strict one asks. */
export function toRequest(request: ChatRequest, target: WireTarget): WireRequest {
	const warnings = new Warnings(request.strict);
	const names = new ToolNames(request.tools ?? [], TOOL_NAME_LENGTH, true);
	const format = formatOf(request, warnings);
	warnOfSignatures(request.messages, warnings);
	const instructions = format.instruction === undefined ? [] : [format.instruction];
	const body = {
		model: target.model,
		messages: wireMessages(instructed(request.messages, instructions), { target, names, warnings }),
		...toolFields(request, names, warnings),
		...format.fields,
		...settingFields(request, target, warnings),
		...thinkingField(request, target, warnings),
		...optionsOf(request, target.providerId, RESERVED),
		stream: target.stream,
	};
	const toolNames = names.changed;
	return {
		path: '/v2/chat',
		headers: { 'content-type': 'application/json', accept: target.stream ? 'text/event-stream' : 'application/json' },
		body: exactText(body),
		warnings: warnings.list,
		plan: {
			model: target.model,
			...(toolNames && { toolNames }),
			...(request.reasoning && { reasoning: request.reasoning }),
		},
	};
}

/** Beside tools a format is refused with 400: there it is said in words. */
function formatOf(
	{ responseFormat: format, tools = [] }: ChatRequest,
	warnings: Warnings,
): { readonly fields?: Json; readonly instruction?: string | undefined } {
	if (format === undefined || format.type === 'text') return {};
	if (tools.length > 0) {
		warnings.add(
			'responseFormat',
			'This provider takes no output format beside tools; the model was told it in words.',
		);
		return { instruction: formatInstruction(format) };
	}
	const schema = format.type === 'json-schema' && { json_schema: format.schema };
	return { fields: { response_format: { type: 'json_object', ...schema } } };
}
