/** Content of the Messages API: a string, or blocks. What comes out is always blocks, so that errors name the one at fault. */
import * as z from 'zod';

/** A hint: what it says besides the lifetime (a scope) may be lost. */
export const cacheControl = z.looseObject({ type: z.literal('ephemeral'), ttl: z.enum(['5m', '1h']).nullish() });
export const marked = { cache_control: cacheControl.nullish() };

const text = z.strictObject({
	type: z.literal('text'),
	text: z.string(),
	citations: z.array(z.looseObject({ type: z.string() })).nullish(),
	...marked,
});

const base64 = z.strictObject({
	type: z.literal('base64'),
	media_type: z.string().min(1),
	data: z.string().min(1),
});
const url = z.strictObject({
	type: z.literal('url'),
	url: z.string().regex(/^https?:\/\//i, 'expected an http(s) URL'),
});
const file = z.strictObject({ type: z.literal('file'), file_id: z.string().min(1) });

const image = z.strictObject({
	type: z.literal('image'),
	source: z.discriminatedUnion('type', [base64, url, file], {
		error: 'expected a source of type base64, url or file',
	}),
	...marked,
});

/** A string is one text block. */
const content = <B extends z.ZodType>(block: B, least: number) =>
	z.preprocess(
		(value) => (typeof value === 'string' ? [{ type: 'text', text: value }] : value),
		z.array(block, { error: 'expected a string or an array of blocks' }).min(least, 'expected at least one block'),
	);

const document = z.strictObject({
	type: z.literal('document'),
	source: z.discriminatedUnion(
		'type',
		[
			base64,
			url,
			file,
			z.strictObject({ type: z.literal('text'), media_type: z.literal('text/plain'), data: z.string() }),
			z.strictObject({
				type: z.literal('content'),
				content: content(
					z.discriminatedUnion('type', [text], {
						error: 'expected blocks of type text; send images beside the document',
					}),
					1,
				),
			}),
		],
		{ error: 'expected a source of type base64, text, content, url or file' },
	),
	title: z.string().nullish(),
	context: z.string().nullish(),
	citations: z.strictObject({ enabled: z.boolean().nullish() }).nullish(),
	...marked,
});

/** Of toolsets, which are not supported. */
const toolset = { toolset_name: z.null({ error: 'toolsets are not supported' }).optional() };

const toolResult = z.strictObject({
	type: z.literal('tool_result'),
	tool_use_id: z.string().min(1),
	content: content(
		z.discriminatedUnion('type', [text, image], {
			error: 'expected a block of type text or image; send documents beside the result',
		}),
		0,
	).nullish(),
	is_error: z.boolean().nullish(),
	...toolset,
	...marked,
});

const toolUse = z.strictObject({
	type: z.literal('tool_use'),
	id: z.string().min(1),
	name: z.string().min(1),
	input: z.record(z.string(), z.unknown(), { error: 'expected an object' }),
	caller: z.strictObject({ type: z.literal('direct', { error: "expected 'direct'" }) }).nullish(),
	...toolset,
	...marked,
});

const thinking = z.strictObject({ type: z.literal('thinking'), thinking: z.string(), signature: z.string().nullish() });
const redacted = z.strictObject({ type: z.literal('redacted_thinking'), data: z.string() });

export const system = content(z.discriminatedUnion('type', [text], { error: 'expected a block of type text' }), 0);

export const userContent = content(
	z.discriminatedUnion('type', [text, image, document, toolResult], {
		error: 'expected a block of type text, image, document or tool_result; others are not supported',
	}),
	1,
);

export const assistantContent = content(
	z.discriminatedUnion('type', [text, thinking, redacted, toolUse], {
		error: 'expected a block of type text, thinking, redacted_thinking or tool_use; others are not supported',
	}),
	0,
);

export type TextBody = z.output<typeof text>;
export type ImageBody = z.output<typeof image>;
export type DocumentBody = z.output<typeof document>;
export type ToolResultBody = z.output<typeof toolResult>;
export type ToolUseBody = z.output<typeof toolUse>;
export type CacheBody = z.output<typeof cacheControl>;
export type UserBlock = z.output<typeof userContent>[number];
export type AssistantBlock = z.output<typeof assistantContent>[number];
