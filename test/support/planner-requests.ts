/** Arbitrary requests for whatever counts them: text of all kinds, tools, media, odd schemas. */
import fc from 'fast-check';
import type { AssistantPart, ImagePart, Message, UserPart } from '../../src/language/message';
import type { ChatRequest, Tool } from '../../src/language/request';

/** Arbitrary UTF-16, lone surrogates too, with the scripts and runs that tokenizers treat specially. */
export const anyText = fc.oneof(
	fc.string({ unit: fc.nat(0xffff).map((unit) => String.fromCharCode(unit)), maxLength: 60 }),
	fc.string({ unit: 'binary', maxLength: 60 }),
	fc.string({ unit: 'grapheme', maxLength: 60 }),
	fc
		.tuple(fc.constantFrom('a', ' ', '\n', '\u0000', '字', 'ж', '😀', 'ﷺ', '<|im_start|>', '0', '~|'), fc.nat(60))
		.map(([unit, times]) => unit.repeat(times)),
);

/** Random bytes, those of text among them. */
const base64 = fc.oneof(
	fc.uint8Array({ maxLength: 400 }).map((bytes) => btoa(String.fromCharCode(...bytes))),
	fc.string({ maxLength: 40 }),
);

const source = fc.oneof(
	fc.record({
		kind: fc.constant('data' as const),
		mediaType: fc.constantFrom('image/png', 'application/pdf', 'text/plain', 'application/json'),
		data: base64,
	}),
	fc.constant({ kind: 'url' as const, url: 'https://example.com/a' }),
	fc.constant({ kind: 'file-id' as const, id: 'file-1' }),
);

/** A PNG of any size, as far as its header goes. */
const pngSource = fc.tuple(fc.nat(0xffffffff), fc.nat(0xffff)).map(([width, height]) => {
	const bytes = new Uint8Array(33);
	const view = new DataView(bytes.buffer);
	view.setUint32(0, 0x89504e47);
	view.setUint32(16, width);
	view.setUint32(20, height);
	return { kind: 'data' as const, mediaType: 'image/png', data: btoa(String.fromCharCode(...bytes)) };
});

export const anyImage: fc.Arbitrary<ImagePart> = fc.record(
	{
		type: fc.constant('image' as const),
		source: fc.oneof(pngSource, source),
		detail: fc.constantFrom('low' as const, 'high' as const, 'auto' as const, 'original' as const),
	},
	{ requiredKeys: ['type', 'source'] },
);

const schema = fc.letrec<{ schema: Record<string, unknown> }>((tie) => ({
	schema: fc.oneof(
		{ maxDepth: 3 },
		fc.record(
			{
				type: fc.constantFrom('string', 'integer', 'null', 'boolean', 7, ['string', 'null']),
				description: fc.oneof(anyText, fc.constant(3)),
				enum: fc.array(fc.oneof(fc.string({ maxLength: 4 }), fc.integer(), fc.constant(null)), { maxLength: 8 }),
				default: fc.anything({ maxDepth: 1, withBigInt: false }).map((value) => JSON.stringify(value) ?? null),
				minimum: fc.integer(),
			},
			{ requiredKeys: [] },
		),
		fc.record({ type: fc.constant('array'), items: tie('schema') }),
		fc.record({ anyOf: fc.array(tie('schema'), { maxLength: 3 }) }),
		fc.record(
			{
				type: fc.constantFrom('object', ['object', 'array', 'object']),
				properties: fc.dictionary(fc.string({ maxLength: 12 }), tie('schema'), { maxKeys: 4 }),
				required: fc.array(fc.string({ maxLength: 3 }), { maxLength: 2 }),
			},
			{ requiredKeys: ['properties'] },
		),
	),
})).schema;

const tool: fc.Arbitrary<Tool> = fc.record(
	{ name: fc.string({ maxLength: 20 }), description: anyText, parameters: schema },
	{ requiredKeys: ['name'] },
);

const textPart = anyText.map((text) => ({ type: 'text' as const, text }));

const userPart: fc.Arbitrary<UserPart> = fc.oneof(
	{ weight: 4, arbitrary: textPart },
	{ weight: 1, arbitrary: anyImage },
	{
		weight: 1,
		arbitrary: fc.record(
			{
				type: fc.constant('file' as const),
				source,
				filename: fc.string({ maxLength: 10 }),
				citations: fc.boolean(),
			},
			{ requiredKeys: ['type', 'source'] },
		),
	},
	{
		weight: 1,
		arbitrary: fc.record({ type: fc.constant('audio' as const), data: base64, format: fc.constant('wav') }),
	},
);

const assistantPart: fc.Arbitrary<AssistantPart> = fc.oneof(
	textPart,
	anyText.map((text) => ({ type: 'refusal' as const, text })),
	fc.record(
		{
			type: fc.constant('reasoning' as const),
			text: anyText,
			signature: fc.oneof(anyText, fc.constant(`google:${'A'.repeat(200)}`)),
			redacted: fc.boolean(),
		},
		{ requiredKeys: ['type', 'text'] },
	),
	fc.record({ type: fc.constant('tool-call' as const), id: fc.string(), name: anyText, arguments: anyText }),
);

const message: fc.Arbitrary<Message> = fc.oneof(
	fc.record({ role: fc.constant('system' as const), content: fc.array(textPart, { maxLength: 2 }) }),
	fc.record(
		{ role: fc.constant('user' as const), content: fc.array(userPart, { maxLength: 3 }), name: anyText },
		{ requiredKeys: ['role', 'content'] },
	),
	fc.record({ role: fc.constant('assistant' as const), content: fc.array(assistantPart, { maxLength: 3 }) }),
	fc.record({
		role: fc.constant('tool' as const),
		callId: fc.string(),
		content: fc.array(fc.oneof(textPart, anyImage), { maxLength: 2 }),
	}),
);

export const anyRequest: fc.Arbitrary<ChatRequest> = fc.record(
	{
		messages: fc.array(message, { maxLength: 6 }),
		tools: fc.array(tool, { maxLength: 3 }),
		toolChoice: fc.constantFrom('auto' as const, 'required' as const, { name: 'f' }),
		responseFormat: fc.oneof(
			fc.constant({ type: 'json' as const }),
			fc.record(
				{ type: fc.constant('json-schema' as const), name: fc.string(), schema, description: anyText },
				{ requiredKeys: ['type', 'name', 'schema'] },
			),
		),
		reasoning: fc.constantFrom({ effort: 'high' as const }, { effort: 'none' as const }, { budgetTokens: 4_096 }),
	},
	{ requiredKeys: ['messages'] },
);
