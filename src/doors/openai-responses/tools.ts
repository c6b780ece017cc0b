import { invalid } from '../../errors';
import { present } from '../../http/present';
import type { ChatRequest, Tool } from '../../language/request';
import type { ResponsesBody } from './schema';

type ToolFields = Pick<ChatRequest, 'tools' | 'toolChoice' | 'parallelToolCalls'>;

/** `allowed_tools` leaves the others out. Throws `invalid_request` for a choice that is not among the tools. */
export function toolFields(body: ResponsesBody): ToolFields {
	const tools = body.tools ?? [];
	const choice = body.tool_choice ?? undefined;
	if (tools.length === 0) {
		if (choice !== undefined && choice !== 'none' && choice !== 'auto')
			throw invalid('tool_choice', 'tool_choice: there are no tools to choose from.');
		return {};
	}
	const parallel = present({ parallelToolCalls: body.parallel_tool_calls });
	if (choice === undefined || typeof choice === 'string')
		return { tools: tools.map(toolOf), ...present({ toolChoice: choice }), ...parallel };
	const names = choice.type === 'function' ? [choice.name] : choice.tools.map((tool) => tool.name);
	const missing = names.find((name) => !tools.some((tool) => tool.name === name));
	if (missing !== undefined) throw invalid('tool_choice', `tool_choice: tools holds no function named '${missing}'.`);
	if (choice.type === 'function') return { tools: tools.map(toolOf), toolChoice: { name: choice.name }, ...parallel };
	const allowed = tools.filter((tool) => names.includes(tool.name));
	return { tools: allowed.map(toolOf), toolChoice: choice.mode, ...parallel };
}

const toolOf = ({ name, description, parameters, strict }: NonNullable<ResponsesBody['tools']>[number]): Tool => ({
	name,
	...present({ description, parameters, strict }),
});
