/** Switchyard's own field `switchyard` in a body of any protocol, for clients that can't set a header. A header wins. */
import * as z from 'zod';

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
	provider_options: z.record(z.string(), z.record(z.string(), z.unknown())).nullish(),
});

export type Extension = z.output<typeof extension>;
