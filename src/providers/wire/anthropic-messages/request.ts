/** `ChatRequest` → `POST /v1/messages` (PROVIDERS section 3). */

import { exactText } from '../../../language/exact-json';
import type { ChatRequest, Warning } from '../../../language/request';
import type { DecodePlan, WireRequest, WireTarget } from '../../provider';
import { isObject, type Json, objectOf } from '../json';
import { optionsOf } from '../provider-options';
import { Warnings } from '../warnings';
import { settleBreakpoints } from './breakpoints';
import { type Conversation, isThinking, toConversation } from './messages';
import { SafeNames } from './names';
import { outputBound, ownSteering, toSteering } from './reasoning';
import { toSampling } from './sampling';
import { toOutput, toTools } from './tools';

/** Files by id are still a beta. */
const FILES_BETA = 'files-api-2025-04-14';
/** Routed, planned and metered as the request itself says it. */
const RESERVED: readonly string[] = ['messages'];
/** Longer ones are refused with 400. */
const MAX_USER_ID = 256;

/** A request in parts, as counting takes fewer of the fields. */
export interface Composed {
	readonly headers: WireRequest['headers'];
	readonly body: Json;
	readonly warnings: readonly Warning[];
	readonly plan: DecodePlan;
}

/** Throws `invalid_request` where the target can't carry the request at all, or not as a strict one asks. */
export function toRequest(request: ChatRequest, target: WireTarget): WireRequest {
	const { headers, body, warnings, plan } = compose(request, target);
	return { path: '/v1/messages', headers, body: exactText(body), warnings, plan };
}

/** Throws as `toRequest`. */
export function compose(request: ChatRequest, target: WireTarget): Composed {
	const warnings = new Warnings(request.strict);
	const names = new SafeNames((request.tools ?? []).map((tool) => tool.name));
	const { betas, output_config, ...options } = optionsOf(request, target.providerId, RESERVED);
	const conversation = toConversation(request, names, warnings);
	const output = toOutput(request, target, names, warnings);
	const { forced, ...toolFields } = toTools(request, target, output, names, warnings);
	const notes = output.note ? [output.note] : [];
	const bound = outputBound(request, target.traits, notes);
	const asked = request.reasoning ?? {};
	const steered = Object.hasOwn(options, 'thinking')
		? ownSteering(options.thinking, asked, bound, target.traits, warnings)
		: toSteering(asked, bound, target.traits, { forced, unsigned: isUnsignedLoop(conversation) }, warnings);
	const { effort, active, ...steering } = steered;
	const sampling = toSampling(request, target, active, warnings);
	const userId = userOf(request, warnings);
	const system = output.instruction
		? [...conversation.system, { type: 'text', text: output.instruction }]
		: conversation.system;
	settleBreakpoints(
		[...(toolFields.tools ?? []), ...system, ...conversation.turns.flatMap((turn) => turn.content)],
		warnings,
	);
	const config = {
		...(effort && { effort }),
		...(output.format && { format: output.format }),
		...objectOf(output_config),
	};
	const { thinking: _, ...further } = options;
	const beta = betasOf(betas, request);
	const toolNames = names.renamed();
	return {
		headers: { 'content-type': 'application/json', ...(beta && { 'anthropic-beta': beta }) },
		body: {
			...(system.length > 0 && { system }),
			messages: conversation.turns,
			...toolFields,
			...steering,
			...sampling,
			...(Object.keys(config).length > 0 && { output_config: config }),
			...(userId && { metadata: { user_id: userId } }),
			...further,
			// Last: the call is routed, priced and read as what was asked for here.
			model: target.model,
			stream: target.stream,
		},
		warnings: distinct([...warnings.list, ...notes]),
		plan: {
			...(output.tool && { schemaTool: output.tool.name }),
			...(toolNames && { toolNames }),
			...(request.reasoning && { reasoning: request.reasoning }),
		},
	};
}

/** What holds of several messages is said once. */
const distinct = (warnings: readonly Warning[]): Warning[] => [
	...new Map(warnings.map((warning) => [`${warning.field} ${warning.message}`, warning])).values(),
];

/** The last assistant turn called tools and its results are here, but it does not begin with its thinking. */
function isUnsignedLoop({ turns }: Conversation): boolean {
	if (turns.at(-1)?.content[0]?.type !== 'tool_result') return false;
	const assistant = turns.findLast((turn) => turn.role === 'assistant');
	return assistant !== undefined && !isThinking(assistant.content[0]);
}

function userOf({ user }: ChatRequest, warnings: Warnings): string | undefined {
	if (!user) return undefined;
	if (user.length <= MAX_USER_ID) return user;
	warnings.add('user', `This provider takes ${MAX_USER_ID} characters of it; it was left out.`);
	return undefined;
}

/** `providerOptions.<provider>.betas`, as the official SDK names them, and what the content itself needs. */
function betasOf(asked: unknown, request: ChatRequest): string {
	const betas = new Set(Array.isArray(asked) ? asked.filter((beta) => typeof beta === 'string') : []);
	const byId = request.messages.some((message) =>
		message.content.some((part) => 'source' in part && isObject(part.source) && part.source.kind === 'file-id'),
	);
	if (byId) betas.add(FILES_BETA);
	return [...betas].join(',');
}
