/** Arbitrary conversations, from nothing to several times a model's limit, with all that makes planning hard. */
import fc from 'fast-check';
import type { ImagePart, Message, TextPart } from '../../src/language/message';
import type { Tool } from '../../src/language/request';

/** What is repeated to make a text. */
const PROSE = [
	'The quick brown fox jumps over the lazy dog, and then it rests. ',
	'const total = items.reduce((sum, item) => sum + item.price * item.count, 0);\n',
	'{"id":12345,"name":"Ada","tags":["a","b"],"nested":{"ok":true}},',
] as const;
/** CJK, Cyrillic, astral and joined characters, halves of pairs, one unbroken piece, blanks, special tokens as text. */
const RARE = [
	'北京的秋天很美，银杏叶落满了街道。',
	'Съешь ещё этих мягких французских булок. ',
	'😀👩‍👩‍👧‍👦🏳️‍🌈 ',
	'\ud83d x \ude00 ',
	'aGVsbG8gd29ybGQhIHRoaXMgaXMgYmFzZTY0Cg',
	'a',
	' \n\t ',
	'<|im_start|>\u0000',
] as const;
const snippet = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...PROSE) }, fc.constantFrom(...RARE));

interface Body {
	readonly snippet: string;
	/** Share of the conversation's length. */
	readonly weight: number;
}

const body: fc.Arbitrary<Body> = fc.record({
	snippet,
	weight: fc.oneof({ weight: 4, arbitrary: fc.nat(3) }, { weight: 2, arbitrary: fc.nat(20) }, fc.nat(120)),
});

/** Of what mostly stays. */
const short: fc.Arbitrary<Body> = fc.record({
	snippet,
	weight: fc.oneof({ weight: 5, arbitrary: fc.nat(8) }, fc.nat(60)),
});
/** Of tool results: long ones among short ones. */
const found: fc.Arbitrary<Body> = fc.record({
	snippet,
	weight: fc.oneof(fc.nat(10), fc.integer({ min: 60, max: 400 })),
});

const marks = fc.oneof(
	{ weight: 9, arbitrary: fc.constant({}) },
	{ weight: 1, arbitrary: fc.constant({ pinned: true }) },
	{ weight: 2, arbitrary: fc.constantFrom(-5, -1, 1, 3, 1e9, Number.NaN).map((priority) => ({ priority })) },
);
const images = fc.oneof(
	{ weight: 6, arbitrary: fc.constant(0) },
	{ weight: 1, arbitrary: fc.integer({ min: 1, max: 3 }) },
);
/** Few, so that they are used again. */
const ids = fc.constantFrom('a', 'b', 'c', 'd', '');

type Step =
	| {
			readonly kind: 'user' | 'system' | 'answer' | 'own';
			readonly body: Body;
			readonly marks: object;
			readonly images: number;
	  }
	| {
			readonly kind: 'result';
			readonly id: string;
			readonly body: Body;
			readonly marks: object;
			readonly images: number;
	  }
	| {
			readonly kind: 'round';
			readonly ids: readonly string[];
			readonly bodies: readonly Body[];
			readonly marks: readonly object[];
			readonly reversed: boolean;
			/** Results left out. */
			readonly missing: number;
			readonly signed: boolean;
	  };

const step: fc.Arbitrary<Step> = fc.oneof(
	{ weight: 5, arbitrary: fc.record({ kind: fc.constant('user' as const), body: short, marks, images }) },
	{ weight: 5, arbitrary: fc.record({ kind: fc.constant('answer' as const), body, marks, images }) },
	{
		weight: 1,
		arbitrary: fc.record({ kind: fc.constantFrom('system' as const, 'own' as const), body: short, marks, images }),
	},
	{ weight: 1, arbitrary: fc.record({ kind: fc.constant('result' as const), id: ids, body, marks, images }) },
	{
		weight: 4,
		arbitrary: fc.record({
			kind: fc.constant('round' as const),
			ids: fc.array(ids, { minLength: 1, maxLength: 3 }),
			bodies: fc.array(found, { minLength: 3, maxLength: 3 }),
			marks: fc.array(marks, { minLength: 4, maxLength: 4 }),
			reversed: fc.boolean(),
			missing: fc.constantFrom(0, 0, 0, 1),
			signed: fc.boolean(),
		}),
	},
);

export interface Conversation {
	readonly messages: readonly Message[];
	/** Of the caller's own. */
	readonly places: ReadonlyMap<Message, number>;
	readonly tools: readonly Tool[];
}

const bodiesOf = (one: Step): readonly Body[] =>
	one.kind === 'round' ? one.bodies.slice(0, one.ids.length) : [one.body];

/** About `units` UTF-16 units long. */
function conversationOf(steps: readonly Step[], units: number, tools: readonly Tool[]): Conversation {
	const weights = steps.flatMap(bodiesOf).reduce((sum, { weight }) => sum + weight, 0);
	const textOf = ({ snippet, weight }: Body): string =>
		snippet.repeat(Math.round((units * weight) / Math.max(1, weights) / snippet.length));
	const messages: Message[] = [];
	const places = new Map<Message, number>();
	for (const one of steps)
		for (const message of messagesOf(one, textOf)) {
			if (one.kind !== 'own') places.set(message, places.size);
			messages.push(message);
		}
	return { messages, places, tools };
}

const image: ImagePart = { type: 'image', source: { kind: 'url', url: 'https://example.com/a.png' } };
const text = (value: string): TextPart => ({ type: 'text', text: value });
/** In parts, as doors hand them on. */
const texts = (value: string): TextPart[] => {
	const middle = Math.floor(value.length / 2);
	return value.length % 3 === 0
		? [text(value.slice(0, middle)), { ...text(value.slice(middle)), cache: true }]
		: [text(value)];
};

function messagesOf(one: Step, textOf: (one: Body) => string): Message[] {
	switch (one.kind) {
		case 'user':
			return [{ role: 'user', content: [...Array(one.images).fill(image), ...texts(textOf(one.body))], ...one.marks }];
		case 'own':
			return [{ role: one.images > 0 ? 'user' : 'system', content: [text(textOf(one.body))] }];
		case 'system':
			return [{ role: 'system', content: [text(textOf(one.body))], ...one.marks }];
		case 'answer':
			return [{ role: 'assistant', content: [text(textOf(one.body))], ...one.marks }];
		case 'result':
			return [
				{
					role: 'tool',
					callId: one.id,
					content: [...texts(textOf(one.body)), ...Array(one.images).fill(image)],
					...one.marks,
				},
			];
		case 'round': {
			const results = one.ids.map((callId, at): Message => {
				const value = textOf(one.bodies[at] ?? { snippet: 'a', weight: 0 });
				return { role: 'tool', callId, content: texts(value), ...one.marks[at + 1] };
			});
			const calls = one.ids.map((id) => ({ type: 'tool-call' as const, id, name: 'look', arguments: '{"at":1}' }));
			const thought = { type: 'reasoning' as const, text: 'Hm.', signature: 'c2lnbmF0dXJl' };
			const asked: Message = {
				role: 'assistant',
				content: [...(one.signed ? [thought] : []), ...calls],
				...one.marks[0],
			};
			return [asked, ...(one.reversed ? results.reverse() : results).slice(one.missing)];
		}
	}
}

const anyTools: fc.Arbitrary<readonly Tool[]> = fc.oneof(
	{ weight: 3, arbitrary: fc.constant([]) },
	{
		weight: 1,
		arbitrary: fc.constant([{ name: 'look', description: 'Looks.', parameters: { type: 'object', properties: {} } }]),
	},
);

/** `units`: of all its text together, at most. */
export const conversations = (units: fc.Arbitrary<number>): fc.Arbitrary<Conversation> =>
	fc
		.tuple(fc.array(step, { maxLength: 14, size: 'max' }), units, anyTools)
		.map(([steps, length, tools]) => conversationOf(steps, length, tools));
