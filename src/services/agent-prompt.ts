/** The prompt of an agent: as it is given, and as it is in force. */
import { and, eq, max } from 'drizzle-orm';
import { sha256Hex } from '../auth/digest';
import { agentPrompts } from '../db/schema';
import { invalid } from '../errors';
import { canonical, canonicalJson } from '../prompt/canonical';
import { checkSource, checkSystem } from '../prompt/check';
import type { PromptSource } from '../prompt/source';
import { scoped } from './access';
import type { ServiceContext } from './context';

/** What an agent's row says of its prompt; all null where it has none. */
export interface PromptInForce {
	readonly prompt: PromptSource | null;
	readonly promptHash: string | null;
	/** From 1. */
	readonly promptVersion: number | null;
}

export const NO_PROMPT: PromptInForce = { prompt: null, promptHash: null, promptVersion: null };

interface GivenPrompt {
	readonly prompt?: PromptSource | null;
	readonly systemPrompt?: string | null;
}

/** Checked and in canonical form. Throws `invalid_request`. */
export function checkedPrompt(source: PromptSource): PromptSource {
	checkSource(source, 'prompt');
	return canonical(source);
}

/**
 * What is to be in force; undefined: what is. The shorthand that repeats what an agent shows changes nothing, so that
 * a form which knows only `systemPrompt` keeps the other sections. Throws `invalid_request`.
 */
export function givenPrompt(
	{ prompt, systemPrompt }: GivenPrompt,
	before: PromptSource | null,
): PromptSource | null | undefined {
	if (prompt !== undefined && systemPrompt !== undefined)
		throw invalid('systemPrompt', 'systemPrompt is short for a prompt with that text alone: give one of the two.');
	if (prompt !== undefined) return prompt && checkedPrompt(prompt);
	if (systemPrompt === undefined || systemPrompt === (before?.system ?? null)) return undefined;
	if (systemPrompt === null || systemPrompt.trim() === '') return null;
	checkSystem(systemPrompt, 'systemPrompt');
	return { system: systemPrompt };
}

const isSamePrompt = (left: PromptSource | null, right: PromptSource | null): boolean =>
	left === null || right === null ? left === right : canonicalJson(left) === canonicalJson(right);

const hashOf = async (source: PromptSource | null): Promise<string | null> =>
	source && sha256Hex(canonicalJson(source));

/**
 * `before` with `given` in its place as the next version; the same where they say the same. What makes it safe is
 * that each prompt moves its agent's version, which the write insists on.
 */
export async function replacedPrompt(
	ctx: ServiceContext,
	agentId: string,
	before: PromptInForce,
	given: PromptSource | null | undefined,
): Promise<PromptInForce & { readonly written: number | null }> {
	const { prompt, promptHash, promptVersion } = before;
	if (given === undefined || isSamePrompt(prompt, given)) return { prompt, promptHash, promptVersion, written: null };
	const written = await nextVersion(ctx, agentId);
	return { prompt: given, promptHash: await hashOf(given), promptVersion: given && written, written };
}

async function nextVersion(ctx: ServiceContext, agentId: string): Promise<number> {
	const row = await ctx.db
		.select({ last: max(agentPrompts.version) })
		.from(agentPrompts)
		.where(and(scoped(ctx, agentPrompts.organizationId), eq(agentPrompts.agentId, agentId)))
		.get();
	return (row?.last ?? 0) + 1;
}
