/** What each chat model of the mock says. Deterministic: the same request gets the same answer. */
import { GatewayError, invalid } from '../../errors';
import type { Message } from '../../language/message';
import type { Tool } from '../../language/request';
import type { MockChat } from '../wire/mock/protocol';
import { brokenSteps, FAILURES } from './mock-failures';
import { instanceOf } from './mock-instance';
import { parseScript, type Script } from './mock-script';
import type { Performance, Step } from './mock-steps';
import { countTokens, digest } from './mock-text';

/** `slow`: 25 tokens a second after half a second. */
const SLOW = { firstMs: 500, eachMs: 40 };

export const CHAT_MODELS: readonly string[] = ['echo', 'script', 'slow', 'tools', 'reasoning', 'json', ...FAILURES];

export type Answer =
	| { readonly steps: readonly Step[]; readonly tokenwise: boolean; readonly pace?: Performance['pace'] }
	| Exclude<Script, { steps: unknown }>;

/** Throws `invalid_request` for what no provider could do, `model_not_found` for a name that is none of ours. */
export function answerOf(request: MockChat): Answer {
	switch (request.model) {
		case 'script': {
			const script = parseScript(lastUserText(request.messages) ?? '');
			return 'steps' in script ? { ...script, tokenwise: false } : script;
		}
		case 'slow':
			return { steps: reply(request, false), tokenwise: true, pace: SLOW };
		case 'tools':
			return { steps: reply(request, request.toolChoice !== 'none'), tokenwise: true };
		case 'reasoning':
			return { steps: [...thought(request), ...reply(request, false)], tokenwise: true };
		case 'json':
			return { steps: called(request, false) ?? [{ text: instanceText(request) ?? '{}' }], tokenwise: true };
		case 'echo':
			return { steps: reply(request, false), tokenwise: true };
	}
	const steps = brokenSteps(request.model, echoed(request.messages));
	if (steps) return { steps, tokenwise: true };
	throw new GatewayError('model_not_found', `The mock has no model '${request.model}'.`, { param: 'model' });
}

/** Tool calls where they are forced, or where the model is eager; else the format asked for, else plain text. */
function reply(request: MockChat, eager: boolean): readonly Step[] {
	const text = instanceText(request) ?? jsonText(request) ?? resultsText(request) ?? echoed(request.messages);
	return called(request, eager) ?? [{ text }];
}

function called(request: MockChat, eager: boolean): readonly Step[] | undefined {
	const { toolChoice: choice, tools = [] } = request;
	const forced = choice === 'required' || typeof choice === 'object';
	if (!forced && (!eager || tools.length === 0 || request.messages.at(-1)?.role === 'tool')) return undefined;
	return chosen(tools, request, eager).map((tool) => ({
		toolCall: { name: tool.name, arguments: JSON.stringify(instanceOf(tool.parameters ?? { type: 'object' })) },
	}));
}

function chosen(tools: readonly Tool[], request: MockChat, eager: boolean): readonly Tool[] {
	const choice = request.toolChoice;
	const all = eager && request.parallelToolCalls !== false;
	const picked =
		typeof choice === 'object' ? tools.filter((tool) => tool.name === choice.name) : all ? tools : tools.slice(0, 1);
	if (picked.length === 0) throw invalid('tool_choice', 'The request asks for a tool call but offers no such tool.');
	return picked;
}

function instanceText({ responseFormat: format }: MockChat): string | undefined {
	return format?.type === 'json-schema' ? JSON.stringify(instanceOf(format.schema)) : undefined;
}

function jsonText({ responseFormat: format, messages }: MockChat): string | undefined {
	return format?.type === 'json' ? JSON.stringify({ echo: echoed(messages) }) : undefined;
}

/** What `tools` makes of the round of calls just ended: each result with the name of its tool. */
function resultsText({ model, messages }: MockChat): string | undefined {
	if (model !== 'tools' || messages.at(-1)?.role !== 'tool') return undefined;
	const round = messages.slice(messages.findLastIndex((message) => message.role === 'assistant'));
	const results = round.flatMap((message) => (message.role === 'tool' ? [message] : []));
	const names = new Map(
		messages.flatMap((message) =>
			message.role === 'assistant'
				? message.content.flatMap((part) => (part.type === 'tool-call' ? [[part.id, part.name] as const] : []))
				: [],
		),
	);
	return results
		.map(({ callId, content, isError }) => {
			const said = content.map((part) => (part.type === 'text' ? part.text : '(image)')).join('');
			return `${names.get(callId) ?? callId} ${isError ? 'failed with' : 'returned'} ${said}`;
		})
		.join('\n');
}

function thought(request: MockChat): readonly Step[] {
	if (request.reasoning?.effort === 'none' || request.reasoning?.budgetTokens === 0) return [];
	const text = echoed(request.messages);
	const reasoning = `The last message has ${countTokens(text)} words. I shall answer it.`;
	return [{ reasoning }, { signature: `mock-${digest(reasoning + text)}` }];
}

const echoed = (messages: readonly Message[]): string =>
	lastUserText(messages) || 'The mock echoes the text of the last user message, and there was none.';

function lastUserText(messages: readonly Message[]): string | undefined {
	const user = messages.findLast((message) => message.role === 'user');
	return user?.content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('');
}
