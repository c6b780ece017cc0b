/** Tools and the choice among them, the legacy `functions` included. */
import { invalid } from '../../errors';
import { present } from '../../http/present';
import type { CacheBreakpoint } from '../../language/message';
import type { ChatRequest, Tool, ToolChoice } from '../../language/request';
import type { CacheControl } from './message-schema';
import type { ChatBody } from './schema';

type ToolBody = NonNullable<ChatBody['tools']>[number];

export interface AskedTools {
	readonly fields: Pick<ChatRequest, 'tools' | 'toolChoice' | 'parallelToolCalls'>;
	/** Where each of them stands in the body. */
	readonly places: readonly string[];
	/** Asked for as `functions`, and so to be answered as `function_call`. */
	readonly legacy: boolean;
}

/** Throws `invalid_request` for what can't be both. Whether the choice is among the tools is checked further on. */
export function askedTools(body: ChatBody): AskedTools {
	const tools = body.tools ?? [];
	if (body.functions?.length || body.function_call) return legacyTools(body.functions ?? [], body);
	const choice = body.tool_choice ?? undefined;
	if (tools.length === 0)
		return { fields: present({ toolChoice: demanded(choiceOf(choice)) }), places: [], legacy: false };
	const allowed = allowedTools(tools, choice);
	return {
		fields: {
			tools: allowed.map((at) => toolOf(tools[at])).filter((tool) => tool !== undefined),
			...present({ toolChoice: choiceOf(choice), parallelToolCalls: body.parallel_tool_calls }),
		},
		places: allowed.map((at) => `tools[${at}]`),
		legacy: false,
	};
}

/** Without tools, a choice that asks for none of them says nothing. */
const demanded = (choice: ToolChoice | undefined): ToolChoice | undefined =>
	choice === 'auto' || choice === 'none' ? undefined : choice;

/** Indexes of the tools that may be called: `allowed_tools` leaves the others out. */
function allowedTools(tools: readonly ToolBody[], choice: ChatBody['tool_choice']): number[] {
	const all = [...tools.keys()];
	if (typeof choice !== 'object' || choice?.type !== 'allowed_tools') return all;
	const names = choice.allowed_tools.tools.map((tool) => tool.function.name);
	const missing = names.find((name) => !tools.some((tool) => tool.function.name === name));
	if (missing !== undefined) throw invalid('tool_choice', `tool_choice: tools holds no function named '${missing}'.`);
	return all.filter((at) => names.includes(tools[at]?.function.name ?? ''));
}

function choiceOf(choice: ChatBody['tool_choice']): ToolChoice | undefined {
	if (typeof choice !== 'object') return choice;
	if (choice === null) return undefined;
	return choice.type === 'function' ? { name: choice.function.name } : choice.allowed_tools.mode;
}

function toolOf(tool: ToolBody | undefined): Tool | undefined {
	if (!tool) return undefined;
	const { name, description, parameters, strict, cache_control: inner } = tool.function;
	return { name, ...present({ description, parameters, strict }), ...cacheOf(tool.cache_control ?? inner) };
}

/** A breakpoint in the canonical form. */
export function cacheOf(control: CacheControl | null | undefined): { cache?: CacheBreakpoint } {
	if (!control) return {};
	return { cache: control.ttl === '1h' ? '1h' : true };
}

/** One call at most, as the legacy API had it. */
function legacyTools(functions: NonNullable<ChatBody['functions']>, body: ChatBody): AskedTools {
	if (body.tools?.length) {
		const param = functions.length > 0 ? 'functions' : 'function_call';
		throw invalid(param, `${param}: goes with functions alone; for tools there is tool_choice.`);
	}
	const choice = body.function_call ?? undefined;
	const tools = functions.map(({ name, description, parameters }) => ({
		name,
		...present({ description, parameters }),
	}));
	return {
		fields:
			tools.length === 0
				? present({ toolChoice: demanded(choice) })
				: { tools, ...present({ toolChoice: choice }), parallelToolCalls: false },
		places: tools.map((_, at) => `functions[${at}]`),
		legacy: true,
	};
}
