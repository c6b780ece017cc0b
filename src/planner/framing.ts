/** What stands around the texts of a prompt, the same for bound and count. Tokens, without any margin. */
import type { ModelFacts } from '../catalog/facts';
import { speaksOfJson } from '../language/json-mode';
import type { AssistantPart, Message, UserPart } from '../language/message';
import type { ChatRequest } from '../language/request';
import type { Overhead } from './overhead';

const PER_NAME = 1;
/** Its place and type. */
const PER_FILE = 16;
const PER_JOINT = 1;
/** Around a schema that is asked for in a system message, since the model takes none. */
const SCHEMA_IN_WORDS = 24;

/** How often each of them stands in a request. */
export interface Frames {
	readonly messages: number;
	readonly answers: number;
	readonly toolCalls: number;
	readonly toolResults: number;
	readonly names: number;
	readonly files: number;
	/** Texts of a message beside its first: some wires join them by line breaks. */
	readonly joints: number;
}

/** Rounds up, but for what a sum of fractions is off by. */
export const roundedUp = (tokens: number): number => Math.ceil(tokens - 1e-6);

export const framesTokens = (frames: Frames, overhead: Overhead): number =>
	frames.messages * overhead.perMessage +
	frames.answers * overhead.perAnswer +
	frames.toolCalls * overhead.perCall +
	frames.toolResults * (overhead.perResult + overhead.betweenTurns) +
	frames.names * PER_NAME +
	frames.files * PER_FILE +
	frames.joints * PER_JOINT;

export function messageFraming(message: Message, overhead: Overhead): number {
	let tokens = overhead.perMessage + jointsOf(message) * PER_JOINT;
	for (const part of message.content) tokens += partFraming(part, overhead);
	if (message.role === 'assistant') return tokens + overhead.perAnswer;
	if (message.role === 'tool')
		return tokens + overhead.perResult + overhead.betweenTurns + (followsAsUser(message) ? overhead.perMessage : 0);
	return message.role === 'user' && message.name !== undefined ? tokens + PER_NAME : tokens;
}

/** Texts beside the first. */
export function jointsOf({ content }: Message): number {
	let texts = 0;
	for (const { type } of content) if (type === 'text' || type === 'reasoning' || type === 'refusal') texts += 1;
	return Math.max(0, texts - 1);
}

/** Where results hold text alone, their images follow in a message of the user. */
export const followsAsUser = ({ role, content }: Message): boolean =>
	role === 'tool' && content.some(({ type }) => type === 'image');

const partFraming = ({ type }: UserPart | AssistantPart, { perCall }: Overhead): number =>
	type === 'tool-call' ? perCall : type === 'file' ? PER_FILE : 0;

/** Whatever the messages: priming, preambles, tools, the answer's form, notes on thinking and citing. */
export const fixedFraming = (request: ChatRequest, facts: ModelFacts, overhead: Overhead): number =>
	overhead.base +
	toolFraming(request, facts, overhead) +
	formFraming(request, facts, overhead) +
	thinking(request, facts, overhead) +
	(overhead.citations > 0 && request.messages.some(isCited) ? overhead.citations : 0);

const isCited = ({ content }: Message): boolean =>
	content.some((part) => part.type === 'file' && part.citations === true);

function toolFraming(request: ChatRequest, { structuredOutput }: ModelFacts, overhead: Overhead): number {
	const { tools = [], toolChoice, responseFormat, messages } = request;
	const schema = responseFormat?.type === 'json-schema' && overhead.schemaAsTool && !structuredOutput;
	const count = (tools.length || calledTools(request, overhead)) + Number(schema);
	if (count === 0) return 0;
	const forced = schema || toolChoice === 'required' || typeof toolChoice === 'object';
	return (
		overhead.toolPreamble +
		count * overhead.perTool +
		(messages[0]?.role === 'system' ? 0 : overhead.toolsAlone) +
		(forced ? overhead.forcedCall : 0)
	);
}

function calledTools({ messages }: ChatRequest, { namesCalled }: Overhead): number {
	if (!namesCalled) return 0;
	const names = new Set<string>();
	for (const { role, content } of messages)
		if (role === 'assistant') for (const part of content) if (part.type === 'tool-call') names.add(part.name);
	return names.size;
}

function formFraming(request: ChatRequest, { structuredOutput }: ModelFacts, overhead: Overhead): number {
	const { responseFormat, messages } = request;
	const { jsonMode, jsonUnsaid, schemaPreamble } = overhead;
	if (responseFormat?.type === 'json') return jsonMode + (jsonUnsaid > 0 && !saysJson(messages) ? jsonUnsaid : 0);
	if (responseFormat?.type !== 'json-schema') return 0;
	return structuredOutput ? schemaPreamble : Math.max(schemaPreamble, SCHEMA_IN_WORDS);
}

/** In what stays, whatever else is dropped: instructions, or the last word of the user. */
function saysJson(messages: readonly Message[]): boolean {
	const last = messages.findLast(({ role }) => role === 'user');
	return messages.some((one) => (one === last || one.role === 'system') && speaksOfJson(one));
}

function thinking({ reasoning }: ChatRequest, facts: ModelFacts, overhead: Overhead): number {
	if (overhead.thinking === 0 || reasoning?.effort === 'none') return 0;
	if (overhead.thinks === 'always') return overhead.thinking;
	const asked = reasoning?.budgetTokens !== undefined ? 'budget' : reasoning?.effort !== undefined ? 'effort' : null;
	if (asked === null) return 0;
	if (overhead.thinks === 'asked') return overhead.thinking;
	const has = (option: string): boolean => facts.reasoningOptions.some(({ type }) => type === option);
	return has(asked) ? (asked === 'budget' ? overhead.thinking : 0) : has('effort') ? 0 : overhead.thinking;
}
