/** The messages of a chat in OpenAI's spelling, with what other gateways and clients add to them. */
import * as z from 'zod';
import { kept } from '../extension';

/** As Anthropic writes a prompt-cache breakpoint, and every gateway since. */
export const cacheControl = z.object(
	{
		type: z.literal('ephemeral').nullish(),
		ttl: z.enum(['5m', '1h']).nullish(),
	},
	{ error: 'expected {"type":"ephemeral"}, with a ttl of 5m or 1h' },
);

/** OpenAI's own, and the other. */
const breakpoint = {
	prompt_cache_breakpoint: z.object({ mode: z.literal('explicit').nullish() }).nullish(),
	cache_control: cacheControl.nullish(),
};

const text = z.object({ type: z.literal('text'), text: z.string(), ...breakpoint });

const image = z.object({
	type: z.literal('image_url'),
	image_url: z.object({ url: z.string().min(1), detail: z.enum(['low', 'high', 'auto', 'original']).nullish() }),
	...breakpoint,
});

const audio = z.object({
	type: z.literal('input_audio'),
	input_audio: z.object({ data: z.string().min(1), format: z.string().min(1) }),
});

const file = z.object({
	type: z.literal('file'),
	file: z.object({
		file_data: z.string().min(1).nullish(),
		file_id: z.string().min(1).nullish(),
		filename: z.string().nullish(),
	}),
	...breakpoint,
});

const refusal = z.object({ type: z.literal('refusal'), refusal: z.string() });

const userPart = z.discriminatedUnion('type', [text, image, audio, file], {
	error: 'expected a part of type text, image_url, input_audio or file',
});
const toolPart = z.discriminatedUnion('type', [text, image], { error: 'expected a part of type text or image_url' });
const assistantPart = z.discriminatedUnion('type', [text, refusal], {
	error: 'expected a part of type text or refusal',
});

/** A string is one text part; what comes out is always parts, so that errors name the part at fault. */
const parts = <P extends z.ZodType>(part: P) => z.array(part, { error: 'expected a string or an array of parts' });
const asParts = (value: unknown): unknown => (typeof value === 'string' ? [{ type: 'text', text: value }] : value);

const content = <P extends z.ZodType>(part: P) =>
	z.preprocess(asParts, parts(part).min(1, 'expected at least one part'));
/** Null and no parts say nothing, which an assistant that calls tools and a tool without a result may do. */
const contentOrNothing = <P extends z.ZodType>(part: P) => z.preprocess(asParts, parts(part)).nullish();

const functionCall = z.object({ name: z.string().min(1), arguments: z.string() });

const toolCall = z.object({
	id: z.string().min(1),
	type: z.literal('function', { error: "expected 'function': custom tool calls are not supported" }).optional(),
	function: functionCall.extend({ parsed_arguments: z.unknown().optional() }),
	/** Gemini's, in its own OpenAI-compatible API. */
	extra_content: z.object({ google: z.object({ thought_signature: z.string().nullish() }).nullish() }).nullish(),
	index: z.unknown().optional(),
});

/** OpenRouter's shape: reasoning with the signature that providers want replayed. */
const reasoningDetail = z.looseObject({
	type: z.string(),
	text: z.string().nullish(),
	summary: z.string().nullish(),
	data: z.string().nullish(),
	signature: z.string().nullish(),
	format: z.string().nullish(),
});

/** For all of a message, where the content is a string. */
const marked = { cache_control: cacheControl.nullish(), switchyard: kept.nullish() };
const named = { name: z.string().nullish() };

const assistant = z.object({
	role: z.literal('assistant'),
	content: contentOrNothing(assistantPart),
	refusal: z.string().nullish(),
	tool_calls: z.array(toolCall).nullish(),
	function_call: functionCall.nullish(),
	reasoning_content: z.string().nullish(),
	/** OpenRouter's name of the same. */
	reasoning: z.string().nullish(),
	reasoning_details: z.array(reasoningDetail).nullish(),
	audio: z.null({ error: 'audio of an earlier answer is not supported: send its transcript as content' }).optional(),
	/** Of an answer that is sent back as it came: about its content, and nothing a model is given. */
	annotations: z.unknown().optional(),
	parsed: z.unknown().optional(),
	...named,
	...marked,
});

export const message = z.discriminatedUnion(
	'role',
	[
		z.object({ role: z.literal('system'), content: content(text), ...named, ...marked }),
		z.object({ role: z.literal('developer'), content: content(text), ...named, ...marked }),
		z.object({ role: z.literal('user'), content: content(userPart), ...named, ...marked }),
		assistant,
		z.object({
			role: z.literal('tool'),
			content: contentOrNothing(toolPart),
			tool_call_id: z.string().min(1),
			/** Of the tool, which its call says. */
			...named,
			...marked,
		}),
		z.object({
			role: z.literal('function'),
			content: z.string().nullish(),
			name: z.string().min(1),
			switchyard: kept.nullish(),
		}),
	],
	{ error: 'expected system, developer, user, assistant, tool or function' },
);

export type MessageBody = z.output<typeof message>;
export type AssistantBody = z.output<typeof assistant>;
export type ContentPart = z.output<typeof userPart> | z.output<typeof toolPart>;
export type CacheControl = z.output<typeof cacheControl>;
export type ReasoningDetail = z.output<typeof reasoningDetail>;
