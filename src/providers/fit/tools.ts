/** Tools and the choice among them: what of them the target can't be given. */
import type { ChatRequest, Tool, ToolChoice } from '../../language/request';
import type { Capability } from '../capability';
import type { Findings } from './findings';

/** Throws `invalid_request`. Without tools there is nothing to choose or to call at once. */
export function settleTools(request: ChatRequest, findings: Findings): void {
	const { tools, toolChoice, parallelToolCalls } = request;
	if (!tools || tools.length === 0) return;
	const shortfall = findings.shortfall('tools');
	if (shortfall) findings.settle('tools', shortfall, 'tools');
	for (const [index, tool] of tools.entries()) settleTool(tool, index, findings);
	const choice = toolChoice === undefined ? undefined : choiceOf(toolChoice);
	const unchosen = choice && findings.shortfall(choice);
	if (choice && unchosen) findings.settle(choice, unchosen, 'toolChoice');
	const serial = parallelToolCalls === undefined ? undefined : findings.shortfall('parallelToolCalls');
	if (serial) findings.settle('parallelToolCalls', serial, 'parallelToolCalls', parallelToolCalls);
}

function settleTool({ strict, cache }: Tool, index: number, findings: Findings): void {
	const loose = strict === undefined ? undefined : findings.shortfall('tools.strict');
	if (loose) findings.settle('tools.strict', loose, `tools[${index}].strict`, !strict);
	const uncached = cache ? findings.shortfall('cache') : undefined;
	if (uncached) findings.settle('cache', uncached, `tools[${index}].cache`, true);
}

function choiceOf(choice: ToolChoice): Capability | undefined {
	if (typeof choice === 'object') return 'toolChoice.named';
	if (choice === 'auto') return undefined;
	return choice === 'none' ? 'toolChoice.none' : 'toolChoice.required';
}

/** The request without what was dropped of its tools. */
export function withoutToolSettings(request: ChatRequest, { dropped }: Findings): ChatRequest {
	const { toolChoice, parallelToolCalls, ...kept } = request;
	const choice = toolChoice === undefined ? undefined : choiceOf(toolChoice);
	return {
		...kept,
		...(toolChoice !== undefined && !(choice && dropped.has(choice)) && { toolChoice }),
		...(parallelToolCalls !== undefined && !dropped.has('parallelToolCalls') && { parallelToolCalls }),
		...(request.tools && { tools: request.tools.map((tool) => withoutMarks(tool, dropped)) }),
	};
}

function withoutMarks(tool: Tool, dropped: ReadonlySet<Capability>): Tool {
	const { strict, cache, ...kept } = tool;
	return {
		...kept,
		...(strict !== undefined && !dropped.has('tools.strict') && { strict }),
		...(cache !== undefined && !dropped.has('cache') && { cache }),
	};
}
