/** One spelling for prompts that say the same: what their hash is made of. */
import type { PromptSource, PromptVariable } from './source';

/** Same content, same key order, nothing that says nothing. */
export function canonical({ identity, system, instructions, format, variables, cache }: PromptSource): PromptSource {
	const declared = Object.entries(variables ?? {}).sort(([left], [right]) => (left < right ? -1 : 1));
	return {
		...(identity && { identity }),
		...(system && { system }),
		...(instructions && instructions.length > 0 && { instructions: [...instructions] }),
		...(format && { format }),
		...(declared.length > 0 && {
			variables: Object.fromEntries(declared.map(([name, variable]) => [name, canonicalVariable(variable)])),
		}),
		...(cache && { cache }),
	};
}

function canonicalVariable({ type, default: value, description }: PromptVariable): PromptVariable {
	return { type, ...(value !== undefined && { default: value }), ...(description && { description }) };
}

/** Equal exactly where two prompts are. */
export const canonicalJson = (source: PromptSource): string => JSON.stringify(canonical(source));
