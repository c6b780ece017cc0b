/** Input items that `POST /v1/responses` accepts: what a stateless conversation is made of. */
import * as z from 'zod';
import { kept } from '../extension';

const breakpoint = { prompt_cache_breakpoint: z.looseObject({}).nullish() };

const text = z.object({ type: z.literal('input_text'), text: z.string(), ...breakpoint });

const image = z.object({
	type: z.literal('input_image'),
	image_url: z.string().min(1).nullish(),
	file_id: z.string().min(1).nullish(),
	detail: z.enum(['low', 'high', 'auto', 'original']).nullish(),
	...breakpoint,
});

const file = z.object({
	type: z.literal('input_file'),
	file_data: z.string().min(1).nullish(),
	file_url: z.string().min(1).nullish(),
	file_id: z.string().min(1).nullish(),
	filename: z.string().nullish(),
	...breakpoint,
});

const audio = z.object({
	type: z.literal('input_audio'),
	input_audio: z.object({ data: z.string().min(1), format: z.string().min(1) }),
});

const spoken = z.object({ type: z.literal('output_text'), text: z.string() });
const refusal = z.object({ type: z.literal('refusal'), refusal: z.string() });

const textPart = z.discriminatedUnion('type', [text], { error: 'expected a part of type input_text' });
const userPart = z.discriminatedUnion('type', [text, image, file, audio], {
	error: 'expected a part of type input_text, input_image, input_file or input_audio',
});
const assistantPart = z.discriminatedUnion('type', [spoken, refusal, text], {
	error: 'expected a part of type output_text or refusal',
});
const resultPart = z.discriminatedUnion('type', [text, image], {
	error: 'expected a part of type input_text or input_image: files in results are not supported',
});

/** A string is one part; what comes out is always parts, so that errors name the part at fault. */
const content = <P extends z.ZodType>(part: P, type: 'input_text' | 'output_text') =>
	z.preprocess(
		(value) => (typeof value === 'string' ? [{ type, text: value }] : value),
		z.array(part, { error: 'expected a string or an array of parts' }),
	);

const type = z.literal('message');
const keeping = { switchyard: kept.nullish() };

const message = z.discriminatedUnion(
	'role',
	[
		z.object({ type, role: z.literal('system'), content: content(textPart, 'input_text'), ...keeping }),
		z.object({ type, role: z.literal('developer'), content: content(textPart, 'input_text'), ...keeping }),
		z.object({ type, role: z.literal('user'), content: content(userPart, 'input_text'), ...keeping }),
		z.object({
			type,
			role: z.literal('assistant'),
			content: content(assistantPart, 'output_text'),
			phase: z.enum(['commentary', 'final_answer']).nullish(),
			...keeping,
		}),
	],
	{ error: 'expected user, assistant, system or developer' },
);

const call = z.object({
	type: z.literal('function_call'),
	call_id: z.string().min(1),
	name: z.string().min(1),
	arguments: z.string(),
	...keeping,
});

const output = z.object({
	type: z.literal('function_call_output'),
	call_id: z.string().min(1),
	output: content(resultPart, 'input_text'),
	...keeping,
});

const piece = z.looseObject({ text: z.string() });
const reasoning = z.object({
	type: z.literal('reasoning'),
	summary: z.array(piece).nullish(),
	content: z.array(piece).nullish(),
	encrypted_content: z.string().nullish(),
});

function refusedItem({ input }: { readonly input?: unknown }): string {
	const known = 'expected an item of type message, function_call, function_call_output or reasoning';
	const kind = typeof input === 'object' && input !== null && 'type' in input ? input.type : undefined;
	if (kind === 'item_reference')
		return 'responses are not stored here: send the item itself, as SDKs do once they are told store: false';
	if (typeof kind !== 'string') return known;
	return `${known}: '${kind.slice(0, 64)}' belongs to a tool or a feature that is not supported`;
}

/** An item without a type is a message. */
const item = z.preprocess(
	(value) =>
		typeof value === 'object' && value !== null && !('type' in value) ? { type: 'message', ...value } : value,
	z.discriminatedUnion('type', [message, call, output, reasoning], { error: refusedItem }),
);

/** A string is one message of the user. */
export const input = z.preprocess(
	(value) => (typeof value === 'string' ? [{ type: 'message', role: 'user', content: value }] : value),
	z.array(item, { error: 'expected a string or an array of items' }).min(1, 'expected at least one item'),
);

export type InputItem = z.output<typeof item>;
export type ReasoningBody = z.output<typeof reasoning>;
export type InputPart = z.output<typeof userPart> | z.output<typeof resultPart>;
export type AssistantPartBody = z.output<typeof assistantPart>;
