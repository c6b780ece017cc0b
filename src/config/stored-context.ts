/** A context policy as it is stored, and within which bounds each field of it counts. */
import * as z from 'zod';
import { CONTEXT_MODES } from '../language/context';

/** Tokens. */
export const CONTEXT_BOUNDS = { maxInputTokens: 100_000_000, maxOutputTokens: 10_000_000 } as const;

/** Lets nothing through. */
const LEAST = 1;

/** A damaged maximum must not open the gate: a figure out of bounds is the bound next to it, anything else the least. */
const maximum = (most: number) =>
	z
		.number()
		.transform((figure) => Math.min(Math.max(Math.floor(figure), LEAST), most))
		.optional()
		.catch(LEAST);

/** A mode or summarizer that can't be read is as if it were not set: policies are checked when written. */
export const storedContext = z.object({
	mode: z.enum(CONTEXT_MODES).optional().catch(undefined),
	summarizer: z.string().min(1).optional().catch(undefined),
	maxInputTokens: maximum(CONTEXT_BOUNDS.maxInputTokens),
	maxOutputTokens: maximum(CONTEXT_BOUNDS.maxOutputTokens),
});

/** In place of a policy that is none at all: it may have said how much is let through. */
export const UNREADABLE_CONTEXT = { maxInputTokens: LEAST, maxOutputTokens: LEAST };

/** As read: a field may be there without a value. */
export type StoredContext = z.output<typeof storedContext>;
