/** `ChatRequest` → `POST /v1/messages` (PROVIDERS section 3). */
import type { ChatRequest, Warning } from '../../../language/request';
import type { WireRequest, WireTarget } from '../../provider';
import { isObject } from '../json';
import { Warnings } from '../warnings';
import { type Conversation, isThinking, toConversation } from './messages';
import { SafeNames } from './names';
import { outputBound, toSteering } from './reasoning';
import { toSampling } from './sampling';
import { toOutput, toTools } from './tools';

/** Files by id are still a beta. */
const FILES_BETA = 'files-api-2025-04-14';
/** Longer ones are refused with 400. */
const MAX_USER_ID = 256;

/** Throws `invalid_request` where the target can't carry the request at all, or not as a strict one asks. */
export function toRequest(request: ChatRequest, target: WireTarget): WireRequest {
	const warnings = new Warnings(request.strict);
	const names = new SafeNames((request.tools ?? []).map((tool) => tool.name));
	const unsupported = new Set(target.quirks.unsupported ?? []);
	const conversation = toConversation(request, names, warnings, unsupported);
	const output = toOutput(request, target, names, warnings);
	const { forced, ...toolFields } = toTools(request, target, output, names, warnings);
	const circumstances = { forced, unsigned: isUnsignedLoop(conversation) };
	const notes = output.note ? [output.note] : [];
	const bound = outputBound(request, target.traits, notes);
	const steered = toSteering(request.reasoning ?? {}, bound, target.traits, circumstances, warnings);
	const { effort, active, ...steering } = steered;
	const sampling = toSampling(request, target, active, warnings);
	const userId = userOf(request, unsupported.has('user'), warnings);
	const system = output.instruction
		? [...conversation.system, { type: 'text', text: output.instruction }]
		: conversation.system;
	const { betas, ...options } = request.providerOptions?.[target.providerId] ?? {};
	const body = {
		model: target.model,
		...(system.length > 0 && { system }),
		messages: conversation.turns,
		...toolFields,
		...steering,
		...sampling,
		...((effort || output.format) && {
			output_config: { ...(effort && { effort }), ...(output.format && { format: output.format }) },
		}),
		...(userId && { metadata: { user_id: userId } }),
		...options,
		// Last: the answer is read as what was asked for here.
		stream: target.stream,
	};
	const beta = betasOf(betas, request);
	const toolNames = names.renamed();
	return {
		path: '/v1/messages',
		headers: { 'content-type': 'application/json', ...(beta && { 'anthropic-beta': beta }) },
		body: JSON.stringify(body),
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

function userOf(request: ChatRequest, unsupported: boolean, warnings: Warnings): string | undefined {
	if (!request.user) return undefined;
	if (!unsupported && request.user.length <= MAX_USER_ID) return request.user;
	const reason = unsupported ? 'This provider takes no user id' : `This provider takes ${MAX_USER_ID} characters of it`;
	warnings.add('user', `${reason}; it was left out.`);
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
