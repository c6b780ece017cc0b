/** An agent's prompt ahead of a request's own messages. */
import { GatewayError, invalid } from '../errors';
import type { AgentConfig, Caller } from '../gateway/ports';
import type { Message } from '../language/message';
import type { ChatRequest, Warning } from '../language/request';
import { build } from './build';
import { compile } from './compile';

export interface Insertion {
	/** Without its variables: they are in the prompt now. */
	readonly request: ChatRequest;
	/** Messages put ahead of the caller's. */
	readonly ahead: number;
	/** Names what the caller asked for in vain. */
	readonly warnings: readonly Warning[];
}

const NONE: readonly Warning[] = [];

/**
 * `agent`: the one asked for; null: none. A key that may not add to an agent's prompt is refused system messages of its
 * own, and options passed on to the provider, under which instructions could hide, are left out. Throws
 * `invalid_request` (`variables`, `variables.<name>`), and `forbidden`, for such options where the request is strict.
 */
export function insertPrompt(
	request: ChatRequest,
	agent: Pick<AgentConfig, 'prompt'> | null,
	{ mayOverridePrompt }: Pick<Caller, 'mayOverridePrompt'>,
): Insertion {
	if (!agent || mayOverridePrompt) return inserted(request, agent, NONE);
	if (request.messages.some(({ role }) => role === 'system'))
		throw forbidden('messages', "This key may not add system messages to an agent's prompt.");
	const { providerOptions, ...plain } = request;
	if (providerOptions === undefined) return inserted(request, agent, NONE);
	const message = "This key may not add to an agent's prompt, which provider options could";
	if (request.strict) throw forbidden('providerOptions', `${message}.`);
	return inserted(plain, agent, [{ field: 'providerOptions', message: `${message}: they were left out.` }]);
}

const forbidden = (param: string, message: string): GatewayError => new GatewayError('forbidden', message, { param });

function inserted(
	request: ChatRequest,
	agent: Pick<AgentConfig, 'prompt'> | null,
	warnings: readonly Warning[],
): Insertion {
	const { variables, ...rest } = request;
	if (!agent?.prompt) {
		if (variables !== undefined && Object.keys(variables).length > 0) throw nothingToFill(agent !== null);
		return { request: variables === undefined ? request : rest, ahead: 0, warnings };
	}
	const prompt = compile(agent.prompt);
	const system = build(prompt, variables ?? {}, prompt.cache && !isMarked(request));
	if (!system) return { request: rest, ahead: 0, warnings };
	return { request: { ...rest, messages: [system, ...request.messages] }, ahead: 1, warnings };
}

function nothingToFill(agent: boolean): GatewayError {
	const why = agent ? 'the agent has no prompt' : "they belong to an agent's prompt, and no agent is asked for";
	return invalid('variables', `variables: ${why}.`);
}

/** Providers take few breakpoints and one order of their lifetimes: where the caller sets some, ours stays away. */
const isMarked = ({ messages, tools = [] }: ChatRequest): boolean =>
	tools.some(({ cache }) => cache) || messages.some(hasMark);

const hasMark = ({ content }: Message): boolean => content.some((part) => 'cache' in part && Boolean(part.cache));
