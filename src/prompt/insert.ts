/** An agent's prompt ahead of a request's own messages. */
import { GatewayError, invalid } from '../errors';
import type { AgentConfig, Caller } from '../gateway/ports';
import type { Message } from '../language/message';
import type { ChatRequest } from '../language/request';
import { build } from './build';
import { compile } from './compile';

export interface Insertion {
	/** Without its variables: they are in the prompt now. */
	readonly request: ChatRequest;
	/** Messages put ahead of the caller's. */
	readonly ahead: number;
}

/**
 * `agent`: the one asked for; null: none. Throws `invalid_request` (`variables`, `variables.<name>`), and `forbidden`
 * where the key may not add system messages to an agent's.
 */
export function insertPrompt(
	request: ChatRequest,
	agent: Pick<AgentConfig, 'prompt'> | null,
	{ mayOverridePrompt }: Pick<Caller, 'mayOverridePrompt'>,
): Insertion {
	if (agent && !mayOverridePrompt && request.messages.some(({ role }) => role === 'system'))
		throw new GatewayError('forbidden', "This key may not add system messages to an agent's prompt.", {
			param: 'messages',
		});
	const { variables, ...rest } = request;
	if (!agent?.prompt) {
		if (variables !== undefined && Object.keys(variables).length > 0) throw nothingToFill(agent !== null);
		return { request: variables === undefined ? request : rest, ahead: 0 };
	}
	const prompt = compile(agent.prompt);
	const system = build(prompt, variables ?? {}, prompt.cache && !isMarked(request));
	if (!system) return { request: rest, ahead: 0 };
	return { request: { ...rest, messages: [system, ...request.messages] }, ahead: 1 };
}

function nothingToFill(agent: boolean): GatewayError {
	const why = agent ? 'the agent has no prompt' : "they belong to an agent's prompt, and no agent is asked for";
	return invalid('variables', `variables: ${why}.`);
}

/** Providers take few breakpoints and one order of their lifetimes: where the caller sets some, ours stays away. */
const isMarked = ({ messages, tools = [] }: ChatRequest): boolean =>
	tools.some(({ cache }) => cache) || messages.some(hasMark);

const hasMark = ({ content }: Message): boolean => content.some((part) => 'cache' in part && Boolean(part.cache));
