/** The script of `mock/script`: the last user message as JSON, a list of steps (`Step` says what each does). */
import * as z from 'zod';
import { invalid } from '../../errors';
import { USAGE_PARTS } from '../../language/usage';
import { tryJson } from '../wire/json';
import type { Step } from './mock-steps';

const MAX_STEPS = 10_000;
const MAX_DELAY_MS = 600_000;

const count = z.int().nonnegative();
const kind = z.enum(['stop', 'length', 'tool-calls', 'content-filter', 'other']);

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

const defined = <T extends object>(value: T): Defined<T> =>
	Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as Defined<T>;

const annotation = z.strictObject({
	type: z.enum(['url-citation', 'file-citation', 'other']),
	url: z.string().optional(),
	title: z.string().optional(),
	start: count.optional(),
	end: count.optional(),
});
const toolCall = z.strictObject({
	id: z.string().min(1).optional(),
	name: z.string().min(1),
	arguments: z.union([z.string(), z.array(z.string()), z.record(z.string(), z.unknown())]).default('{}'),
});
const finish = z.union([
	kind.transform((one) => ({ kind: one })),
	z.strictObject({ kind, raw: z.string().optional() }).transform(defined),
]);
const status = z.int().min(400).max(599);
const error = z.strictObject({ status: status.optional(), message: z.string().default('Scripted error.') });

/** What a step does; each has exactly one of these, or a delay alone. */
const actions = z
	.strictObject({
		text: z.string(),
		reasoning: z.string(),
		signature: z.string(),
		refusal: z.string(),
		annotation: annotation.transform(defined),
		toolCall: toolCall.transform(({ arguments: said, ...call }) => ({ ...call, arguments: piecesOf(said) })),
		usage: z.partialRecord(z.enum(USAGE_PARTS), count).nullable(),
		finish,
		error: error.transform(defined),
		raw: z.string(),
		cut: z.literal(true),
		reset: z.literal(true),
		/** First step only: the whole answer is this HTTP error. */
		status,
	})
	.partial();

const NAMES = Object.keys(actions.shape);

const step = actions
	.extend({
		delayMs: z.number().nonnegative().max(MAX_DELAY_MS).optional(),
		/** With `signature`. */
		redacted: z.boolean().optional(),
		/** With `status`. */
		message: z.string().optional(),
		/** With `status`: seconds. */
		retryAfter: z.number().nonnegative().optional(),
	})
	.superRefine((value, context) => {
		const said = NAMES.filter((name) => Object.hasOwn(value, name));
		if (said.length > 1) context.addIssue(`does ${said.join(' and ')} at once; give each a step of its own`);
		if (said.length === 0 && value.delayMs === undefined) {
			context.addIssue(`does nothing; it needs one of ${NAMES.join(', ')} or delayMs`);
		}
	});

const script = z.array(step).min(1).max(MAX_STEPS);

/** The steps, or the HTTP error that the first one is. */
export type Script =
	| { readonly steps: readonly Step[] }
	| {
			readonly status: number;
			readonly message: string | undefined;
			/** Seconds. */
			readonly retryAfter: number | undefined;
			readonly delayMs: number;
	  };

/** Throws `invalid_request` naming the step that can't be performed. */
export function parseScript(text: string): Script {
	const json = tryJson(text);
	if (!Array.isArray(json)) {
		throw invalid(
			'messages',
			'The last user message of mock/script is not a JSON list of steps, e.g. [{"text":"Hi."}].',
		);
	}
	const parsed = script.safeParse(json);
	if (!parsed.success) throw invalid('messages', `mock/script: ${described(parsed.error.issues[0])}.`);
	const [first] = parsed.data;
	const refusal = parsed.data.findIndex((one) => one.status !== undefined);
	if (refusal > 0) throw invalid('messages', `mock/script: step ${refusal} (status) only works as the first step.`);
	if (first?.status !== undefined) {
		return {
			status: first.status,
			message: first.message,
			retryAfter: first.retryAfter,
			delayMs: first.delayMs ?? 0,
		};
	}
	return { steps: parsed.data };
}

/** Steps are counted from 0, as in the JSON. */
function described(issue: z.core.$ZodIssue | undefined): string {
	const [at, ...path] = issue?.path ?? [];
	if (at === undefined) return `the script ${issue?.message ?? 'can not be read'}`;
	return `step ${String(at)} ${path.length > 0 ? `(${path.join('.')}) ` : ''}${issue?.message ?? ''}`;
}

const piecesOf = (said: string | readonly string[] | Readonly<Record<string, unknown>>): string | readonly string[] =>
	typeof said === 'string' || isPieces(said) ? said : JSON.stringify(said);

const isPieces = (said: object): said is readonly string[] => Array.isArray(said);
