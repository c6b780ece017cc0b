/** What `prompts.*` takes. */
import * as z from 'zod';

const text = z.string();

const variable = z.strictObject({
	type: z.enum(['string', 'number', 'boolean']),
	default: z.union([z.string(), z.number(), z.boolean()]).exactOptional(),
	description: text.max(500, 'A description has at most 500 characters.').exactOptional(),
});

/** The form of a `PromptSource`; what it says is for `checkSource` to judge. */
export const promptSource = z.strictObject({
	identity: text.exactOptional(),
	system: text.exactOptional(),
	instructions: z.array(text).max(1_000, 'A prompt has at most 1,000 instructions.').exactOptional(),
	format: text.exactOptional(),
	variables: z.record(z.string(), variable).exactOptional(),
	cache: z.boolean().exactOptional(),
});

/** Slug or id. */
const agent = z.string().min(1).max(100);
const note = z.string().max(1_000, 'A note has at most 1,000 characters.');
const version = z.int().min(1);

/** `version`: that of the prompt the change was made from, null for none; another one by now is a conflict. */
const written = { agent, note: note.exactOptional(), version: version.nullable().exactOptional() };

export const promptReference = z.strictObject({ agent });
export const promptHistoryInput = z.strictObject({
	agent,
	/** Only versions before this one. */
	before: version.exactOptional(),
	limit: z.int().min(1).max(100).exactOptional(),
});
export const setPromptInput = z.strictObject({ ...written, prompt: promptSource });
export const revertPromptInput = z.strictObject({ ...written, to: version });
export const clearPromptInput = z.strictObject(written);
export const previewPromptInput = z
	.strictObject({
		agent: agent.exactOptional(),
		prompt: promptSource.exactOptional(),
		variables: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).exactOptional(),
	})
	.refine((input) => (input.agent === undefined) !== (input.prompt === undefined), {
		path: ['agent'],
		message: 'Give the agent whose prompt is meant, or a prompt: one of them.',
	});

export type PromptHistory = z.infer<typeof promptHistoryInput>;
export type SetPrompt = z.infer<typeof setPromptInput>;
export type RevertPrompt = z.infer<typeof revertPromptInput>;
export type ClearPrompt = z.infer<typeof clearPromptInput>;
export type PreviewPrompt = z.infer<typeof previewPromptInput>;
