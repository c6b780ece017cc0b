/** Field schemas that several entities share. */
import * as z from 'zod';

export const slug = z
	.string()
	.regex(
		/^[a-z0-9][a-z0-9_-]{0,63}$/,
		"A slug has 1–64 lower-case letters, digits, '-' or '_' and starts with a letter or digit.",
	);

/** Control characters, line separators, reversed writing and half characters: they make one name look like another. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;

/** One line that can be shown as it is. */
export const printable = (text: string): boolean => !UNPRINTABLE.test(text);

export const name = z
	.string()
	.trim()
	.min(1, 'A name must not be empty.')
	.max(200, 'A name has at most 200 characters.')
	.refine(printable, 'A name has no control characters.');

/** USD; a string such as "12.50" is taken exactly, a number by its shortest decimal form. null: none. */
export const budget = z
	.union([z.string().max(64), z.number()], { error: 'A budget is an amount in USD such as "12.50".' })
	.nullable();

/** null: none of its own. */
export const requestLimit = z.int().min(1).nullable();

/** The last millisecond of the year 9999: later ones have no ISO 8601 form of four digits. */
const LAST_INSTANT = 253_402_300_799_999;

/** ms since epoch, or an ISO 8601 date and time; ms since epoch inside. */
export const instant = z.union(
	[
		z.int().positive().max(LAST_INSTANT),
		z.iso
			.datetime({ offset: true })
			.transform((text) => Date.parse(text))
			.pipe(z.int().max(LAST_INSTANT)),
	],
	{ error: 'A time is ISO 8601 (2030-01-31T12:00:00Z) or ms since epoch.' },
);

/** `version` of the row an update was made from: where the row has another one by now, nothing is written. */
export const expectedVersion = z.int().min(1);

export const modelName = z
	.string()
	.trim()
	.min(1, 'A model must be named.')
	.max(300, 'A model name has at most 300 characters.')
	.refine(printable, 'A model name has no control characters.');

/** `most` as messages write it: 1,000. */
export const figure = (number: number): string => number.toLocaleString('en-US');

/** A whole number from 1 on; `what`: as messages name it, `unit` with a space before it. */
export function whole(what: string, most: number, unit: string) {
	const message = `${what} is a whole number from 1 to ${figure(most)}${unit}.`;
	return z.int(message).min(1, message).max(most, message);
}

const penalty = z.number().min(-2).max(2);

const reasoning = z.strictObject({
	effort: z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']).exactOptional(),
	budgetTokens: z.int().min(0).exactOptional(),
	summary: z.enum(['none', 'auto', 'concise', 'detailed']).exactOptional(),
	sealed: z.boolean().exactOptional(),
});

/** Presets of a request; whatever is absent is not sent. What the model itself allows: `settings-check.ts`. */
export const modelSettings = z.strictObject({
	temperature: z.number().min(0).max(2).exactOptional(),
	topP: z.number().min(0).max(1).exactOptional(),
	topK: z.int().min(1).exactOptional(),
	maxTokens: z.int().min(1).exactOptional(),
	presencePenalty: penalty.exactOptional(),
	frequencyPenalty: penalty.exactOptional(),
	seed: z.int().exactOptional(),
	stop: z.array(z.string().min(1).max(1_000)).max(16, 'There are at most 16 stop texts.').exactOptional(),
	reasoning: reasoning.exactOptional(),
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
