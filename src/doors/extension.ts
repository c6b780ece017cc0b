/** Switchyard's own field `switchyard` in a body of any protocol, for clients that can't set a header. A header wins. */
import * as z from 'zod';
import { present } from '../http/present';
import { CONTEXT_MODES } from '../language/context';
import type { Message } from '../language/message';

/** For the variables of an agent's prompt, by name. */
export const variables = z.record(
	z.string(),
	z.union([z.string(), z.number(), z.boolean()], { error: 'expected a string, a number or a boolean' }),
);

export const extension = z.strictObject({
	agent: z.string().min(1).nullish(),
	run: z.string().min(1).max(256).nullish(),
	conversation: z.string().min(1).max(256).nullish(),
	fallback: z.boolean().nullish(),
	receipt: z.boolean().nullish(),
	variables: variables.nullish(),
	tags: z.array(z.string().min(1).max(128)).max(32).nullish(),
	strict: z.boolean().nullish(),
	/** What may be done so that the conversation fits. */
	context: z.strictObject({ mode: z.enum(CONTEXT_MODES).nullish() }).nullish(),
	provider_options: z.record(z.string(), z.record(z.string(), z.unknown())).nullish(),
});

/** Of a request for embeddings. */
export const embeddingExtension = extension.omit({ strict: true, variables: true, context: true });

export type Extension = z.output<typeof extension>;

/** The field `switchyard` of a message, for the planner alone: it is never sent to a provider. */
export const kept = z.strictObject({
	/** Never dropped or shortened. */
	pinned: z.boolean().nullish(),
	/** Higher stays longer; absent: 0. */
	priority: z.number().min(-1_000).max(1_000).nullish(),
});

export type Kept = z.output<typeof kept>;

/** The message with what its field says; the same object where it says nothing. */
export function keeping<M extends Message>(message: M, said: Kept | null | undefined): M {
	return said ? { ...message, ...present(said) } : message;
}
