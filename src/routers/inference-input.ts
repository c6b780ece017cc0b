/** What `chat`, `stream` and `embed` accept: the canonical request, where a message's content may be a plain string. */
import * as z from 'zod';
import { CONTEXT_MODES } from '../language/context';

const some = <S extends z.ZodType>(schema: S) => z.exactOptional(schema);

const annotation = z.object({
	type: z.enum(['url-citation', 'file-citation', 'other']),
	url: some(z.string()),
	title: some(z.string()),
	start: some(z.number()),
	end: some(z.number()),
	raw: some(z.unknown()),
});

const text = z.object({
	type: z.literal('text'),
	text: z.string(),
	cache: some(z.boolean()),
	annotations: some(z.array(annotation)),
});

const source = z.discriminatedUnion('kind', [
	z.object({ kind: z.literal('url'), url: z.url({ protocol: /^https?$/ }) }),
	z.object({ kind: z.literal('data'), mediaType: z.string().min(1), data: z.string().min(1) }),
	z.object({ kind: z.literal('file-id'), id: z.string().min(1) }),
]);

const image = z.object({
	type: z.literal('image'),
	source,
	detail: some(z.enum(['low', 'high', 'auto', 'original'])),
	cache: some(z.boolean()),
});

const file = z.object({ type: z.literal('file'), source, filename: some(z.string()), cache: some(z.boolean()) });

const audio = z.object({ type: z.literal('audio'), data: z.string().min(1), format: z.string().min(1) });

const reasoning = z.object({
	type: z.literal('reasoning'),
	text: z.string(),
	signature: some(z.string()),
	redacted: some(z.boolean()),
});

const refusal = z.object({ type: z.literal('refusal'), text: z.string() });

const toolCall = z.object({
	type: z.literal('tool-call'),
	id: z.string().min(1),
	name: z.string().min(1),
	arguments: z.string(),
});

/** A string is one text part; parts come out, so that errors name the part at fault. */
const content = <P extends z.ZodType>(part: P) =>
	z.preprocess(
		(value: string | z.input<P>[]) => (typeof value === 'string' ? [{ type: 'text', text: value }] : value),
		z.array(part, { error: 'expected a string or an array of parts' }).min(1, 'expected at least one part'),
	);

/** For the planner: what is pinned stays, of the rest higher stays longer. */
const kept = { priority: some(z.number().min(-1_000).max(1_000)), pinned: some(z.boolean()) };

const message = z.discriminatedUnion('role', [
	z.object({ role: z.literal('system'), content: content(text), ...kept }),
	z.object({
		role: z.literal('user'),
		content: content(z.discriminatedUnion('type', [text, image, file, audio])),
		name: some(z.string()),
		...kept,
	}),
	z.object({
		role: z.literal('assistant'),
		content: content(z.discriminatedUnion('type', [text, reasoning, refusal, toolCall])),
		...kept,
	}),
	z.object({
		role: z.literal('tool'),
		callId: z.string().min(1),
		content: content(z.discriminatedUnion('type', [text, image])),
		isError: some(z.boolean()),
		...kept,
	}),
]);

const schema = z.record(z.string(), z.unknown());

const tool = z.object({
	name: z.string().min(1).max(128),
	description: some(z.string()),
	parameters: some(schema),
	strict: some(z.boolean()),
});

const responseFormat = z.discriminatedUnion('type', [
	z.object({ type: z.literal('text') }),
	z.object({ type: z.literal('json') }),
	z.object({
		type: z.literal('json-schema'),
		name: z.string().min(1),
		schema,
		description: some(z.string()),
		strict: some(z.boolean()),
	}),
]);

/** Fields that every kind of call has; `agent` and `fallback` as the headers of those names. */
const call = {
	model: some(z.string()),
	agent: some(z.string().min(1)),
	fallback: some(z.boolean()),
	user: some(z.string()),
	tags: some(z.array(z.string().min(1).max(128)).max(32)),
	runId: some(z.string().min(1).max(256)),
	providerOptions: some(z.record(z.string(), schema)),
};

export const chatInput = z.strictObject({
	...call,
	/** As the header `x-switchyard-conversation`. */
	conversation: some(z.string().min(1).max(256)),
	models: some(z.array(z.string().min(1)).min(1)),
	messages: z.array(message).min(1, 'expected at least one message'),
	/** For the variables of the agent's prompt, by name. */
	variables: some(
		z.record(
			z.string(),
			z.union([z.string(), z.number(), z.boolean()], { error: 'expected a string, a number or a boolean' }),
		),
	),
	tools: some(z.array(tool)),
	toolChoice: some(
		z.union([z.enum(['auto', 'none', 'required']), z.object({ name: z.string().min(1) })], {
			error: 'expected auto, none, required or { name }',
		}),
	),
	parallelToolCalls: some(z.boolean()),
	responseFormat: some(responseFormat),
	maxTokens: some(z.int().min(1)),
	temperature: some(z.number().min(0).max(2)),
	topP: some(z.number().min(0).max(1)),
	topK: some(z.int().min(0)),
	stop: some(z.array(z.string())),
	seed: some(z.int()),
	presencePenalty: some(z.number().min(-2).max(2)),
	frequencyPenalty: some(z.number().min(-2).max(2)),
	logprobs: some(z.object({ top: z.int().min(0).max(20) })),
	reasoning: some(
		z.object({
			effort: some(z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'])),
			budgetTokens: some(z.int().min(1)),
		}),
	),
	metadata: some(z.record(z.string(), z.string())),
	/** As the header `x-switchyard-context-mode`. */
	context: some(z.strictObject({ mode: some(z.enum(CONTEXT_MODES)) })),
	strict: some(z.boolean()),
});

const texts = z.array(z.string().min(1, 'must not be empty')).min(1, 'must not be empty');
const tokens = z.array(z.array(z.int().min(0)).min(1, 'must not be empty')).min(1, 'must not be empty');

export const embedInput = z.strictObject({
	...call,
	/** A text, texts, or arrays of token ids. */
	input: z.preprocess(
		(value: string | string[] | number[][]) => (typeof value === 'string' ? [value] : value),
		z.union([texts, tokens], { error: 'expected non-empty texts, or non-empty arrays of token ids' }),
	),
	dimensions: some(z.int().min(1)),
});

/** As a client writes it. */
export type ChatInput = z.input<typeof chatInput>;
export type EmbedInput = z.input<typeof embedInput>;
