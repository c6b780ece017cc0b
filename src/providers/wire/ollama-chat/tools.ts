import type { ChatRequest, Tool } from '../../../language/request';
import { callInstruction } from '../instruction';
import type { Json } from '../json';
import type { Warnings } from '../warnings';

export interface Offer {
	readonly tools: readonly Json[];
	/** Said to the model where it has to call one. */
	readonly instruction?: string;
}

/** There is no tool choice here: it is made by what is offered, and a demand by words. */
export function offer({ tools = [], toolChoice = 'auto' }: ChatRequest, warnings: Warnings): Offer {
	if (tools.length === 0 || toolChoice === 'none') return { tools: [] };
	if (toolChoice === 'auto') return { tools: tools.map(wireTool) };
	warnings.add('toolChoice', 'A model can not be made to call a tool here; it was told to, and may still answer.');
	const offered = typeof toolChoice === 'object' ? tools.filter((tool) => tool.name === toolChoice.name) : tools;
	return { tools: offered.map(wireTool), instruction: callInstruction(toolChoice) };
}

const wireTool = ({ name, description, parameters }: Tool): Json => ({
	type: 'function',
	function: {
		name,
		...(description !== undefined && { description }),
		parameters: parameters ?? { type: 'object', properties: {} },
	},
});
