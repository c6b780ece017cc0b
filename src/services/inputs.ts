/** Field schemas that several entities share. */
import * as z from 'zod';

export const slug = z
	.string()
	.regex(
		/^[a-z0-9][a-z0-9_-]{0,63}$/,
		"A slug has 1–64 lower-case letters, digits, '-' or '_' and starts with a letter or digit.",
	);

export const name = z
	.string()
	.trim()
	.min(1, 'A name must not be empty.')
	.max(200, 'A name has at most 200 characters.');

export const modelName = z
	.string()
	.trim()
	.min(1, 'A model must be named.')
	.max(300, 'A model name has at most 300 characters.');

/** Presets of a request; whatever is absent is not sent. */
export const modelSettings = z.strictObject({
	temperature: z.number().min(0).max(2).exactOptional(),
	maxTokens: z.int().min(1).exactOptional(),
	topP: z.number().min(0).max(1).exactOptional(),
	timeoutMs: z.int().min(1).max(600_000).exactOptional(),
});

/** A row by its id, or by its slug within the organization. */
export const reference = z
	.strictObject({ id: z.string().min(1).exactOptional(), slug: z.string().min(1).exactOptional() })
	.refine((input) => input.id !== undefined || input.slug !== undefined, {
		path: ['slug'],
		message: 'Name the row by slug or id.',
	});

export type Reference = z.infer<typeof reference>;
