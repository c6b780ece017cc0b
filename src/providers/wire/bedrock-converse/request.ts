/** `ChatRequest` → `POST /model/{id}/converse` and `/converse-stream` (PROVIDERS section 9). */

import { exactText } from '../../../language/exact-json';
import type { ChatRequest, Warning } from '../../../language/request';
import type { WireRequest, WireTarget } from '../../provider';
import { isObject, type Json, objectOf } from '../json';
import { optionsOf } from '../provider-options';
import { ToolNames } from '../tool-names';
import { Warnings } from '../warnings';
import { settled } from './cache-points';
import { type Conversation, isReasoning, toConversation } from './messages';
import { type Output, toOutput } from './output';
import { steered } from './reasoning';
import { toSettings } from './settings';
import { type ToolPlan, toTools } from './tools';
import { type Vendor, vendorOf } from './vendors';

const TOOL_NAME_LENGTH = 64;
/** Decided by routing, planning and metering; an option must not undo that. */
const RESERVED: readonly string[] = ['modelId', 'messages', 'system', 'toolConfig', 'stream'];

/** Throws `invalid_request` where the target can't carry the request at all, or not as a strict one asks. */
export function toRequest(request: ChatRequest, target: WireTarget): WireRequest {
	const prompt = toPrompt(request, target);
	const { vendor, conversation, output, tools, warnings, names } = prompt;
	const notes: Warning[] = output.note ? [output.note] : [];
	const options = optionsOf(request, target.providerId, RESERVED);
	const circumstances = { forced: tools.forced, unsigned: isUnsignedLoop(conversation) };
	const own = objectOf(options.additionalModelRequestFields)?.thinking;
	const steering = steered(request, target, vendor, { ...circumstances, own }, { warnings, notes });
	const settings = toSettings(request, target, vendor, steering, warnings);
	const metadata = metadataOf(request, warnings);
	const fields = { ...steering.fields, ...settings.fields };
	const body = overlaid(
		{
			...prompt.body,
			inferenceConfig: settings.inferenceConfig,
			...(output.config && { outputConfig: output.config }),
			...(metadata && { requestMetadata: metadata }),
			...(Object.keys(fields).length > 0 && { additionalModelRequestFields: fields }),
		},
		options,
	);
	const toolNames = names.changed;
	return {
		path: pathOf(target.model, target.stream ? 'converse-stream' : 'converse'),
		headers: {
			'content-type': 'application/json',
			accept: target.stream ? 'application/vnd.amazon.eventstream' : 'application/json',
		},
		body: exactText(body),
		warnings: distinct([...warnings.list, ...notes]),
		plan: {
			signatures: vendor.signatures,
			...(output.tool && { schemaTool: output.tool.name }),
			...(toolNames && { toolNames }),
			...(request.reasoning && { reasoning: request.reasoning }),
		},
	};
}

/** An ARN has slashes, so the id is one encoded segment. */
export const pathOf = (model: string, operation: string): string => `/model/${encodeURIComponent(model)}/${operation}`;

interface Prompt {
	readonly vendor: Vendor;
	readonly conversation: Conversation;
	readonly output: Output;
	readonly tools: ToolPlan;
	readonly warnings: Warnings;
	readonly names: ToolNames;
	/** `system`, `messages` and `toolConfig`: all that counts as input. */
	readonly body: Json;
}

export function toPrompt(request: ChatRequest, target: WireTarget): Prompt {
	const vendor = vendorOf(target.model);
	const warnings = new Warnings(request.strict);
	const names = new ToolNames(request.tools ?? [], TOOL_NAME_LENGTH);
	const conversation = toConversation(request.messages, vendor, names, warnings);
	const output = toOutput(request, target, vendor, names, warnings);
	const tools = toTools({ request, target, vendor, names, warnings }, output);
	const instructions = [output.instruction, tools.instruction].filter((text) => text !== undefined);
	instruct(conversation, instructions, vendor);
	const sections = settled(
		{
			tools: tools.tools,
			system: conversation.system,
			turns: conversation.turns.map((turn) => turn.content),
		},
		target.model,
		vendor,
		warnings,
	);
	const body = {
		...(sections.system.length > 0 && { system: sections.system }),
		messages: conversation.turns.map(({ role }, at) => ({ role, content: sections.turns[at] ?? [] })),
		...(sections.tools.length > 0 && {
			toolConfig: { tools: sections.tools, ...(tools.choice && { toolChoice: tools.choice }) },
		}),
	};
	return { vendor, conversation, output, tools, warnings, names, body };
}

function instruct({ system, turns }: Conversation, instructions: readonly string[], vendor: Vendor): void {
	const blocks = instructions.map((text) => ({ text }));
	if (vendor.system) system.push(...blocks);
	else turns.findLast((turn) => turn.role === 'user')?.content.push(...blocks);
}

/** The last assistant turn called tools and their results are here, but it does not begin with its reasoning. */
function isUnsignedLoop({ turns }: Conversation): boolean {
	if ((turns.at(-1)?.results ?? 0) === 0) return false;
	const assistant = turns.findLast((turn) => turn.role === 'assistant');
	return assistant !== undefined && !isReasoning(assistant.content[0]);
}

const MOST_METADATA = 16;
const METADATA = /^[a-zA-Z0-9\s:_@$#=/+,.-]{0,256}$/;

/** `requestMetadata`, by which invocation logs are filtered; it takes few characters and few entries. */
function metadataOf({ metadata }: ChatRequest, warnings: Warnings): Json | undefined {
	const entries = Object.entries(metadata ?? {});
	const taken = entries
		.filter(([key, value]) => key !== '' && METADATA.test(key) && METADATA.test(value))
		.slice(0, MOST_METADATA);
	if (taken.length < entries.length) {
		warnings.add('metadata', `Bedrock takes ${MOST_METADATA} plain entries of metadata; others were left out.`);
	}
	return taken.length > 0 ? Object.fromEntries(taken) : undefined;
}

/** The caller's own fields (`guardrailConfig`, `serviceTier`, …); an object is laid over ours of that name. */
function overlaid(body: Json, options: Json): Json {
	const merged: Record<string, unknown> = { ...body };
	for (const [field, value] of Object.entries(options)) {
		const ours = merged[field];
		merged[field] = isObject(ours) && isObject(value) ? { ...ours, ...value } : value;
	}
	return merged;
}

/** What holds of several messages is said once. */
const distinct = (warnings: readonly Warning[]): Warning[] => [
	...new Map(warnings.map((warning) => [`${warning.field} ${warning.message}`, warning])).values(),
];
