/** What a prompt will say, before anybody asks. */
import { checkVariables, missingOf, textOf } from '../prompt/build';
import { type CompiledPrompt, compiled } from '../prompt/compile';
import { requireManage } from './access';
import { checkedPrompt } from './agent-prompt';
import { selectNamed } from './agent-row';
import type { ServiceContext } from './context';
import type { PreviewPrompt } from './prompt-input';

export interface PromptPreview {
	/** What is sent; a required variable that was not given stands as `{{name}}`. Empty: no message is sent. */
	readonly text: string;
	/** `text` in its parts; the stable one is the same whatever the variables are. */
	readonly parts: readonly { readonly text: string; readonly stable: boolean; readonly cache: boolean }[];
	readonly characters: number;
	/** On the high side: a token for every three bytes. */
	readonly estimatedTokens: number;
	/** Required variables that were not given: a request without them is refused. */
	readonly missing: readonly string[];
}

const EMPTY: CompiledPrompt = compiled({});
const BYTES_PER_TOKEN = 3;

/** Of an agent's prompt in force, or of one that is not stored. Throws `invalid_request` as a request would. */
export async function previewPrompt(ctx: ServiceContext, input: PreviewPrompt): Promise<PromptPreview> {
	requireManage(ctx);
	const prompt = await promptOf(ctx, input);
	const given = input.variables ?? {};
	checkVariables(prompt, given);
	const { stable, rest } = textOf(prompt, given, (name) => `{{${name}}}`);
	const text = stable + rest;
	const parts = [
		{ text: stable, stable: true, cache: prompt.cache && stable.trim() !== '' },
		{ text: rest, stable: false, cache: false },
	];
	return {
		text,
		parts: parts.filter((part) => part.text !== ''),
		characters: text.length,
		estimatedTokens: Math.ceil(new TextEncoder().encode(text).length / BYTES_PER_TOKEN),
		missing: missingOf(prompt, given),
	};
}

async function promptOf(ctx: ServiceContext, { agent, prompt }: PreviewPrompt): Promise<CompiledPrompt> {
	if (prompt) return compiled(checkedPrompt(prompt));
	const stored = (await selectNamed(ctx, agent ?? '')).prompt;
	return stored ? compiled(stored) : EMPTY;
}
