import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/errors';
import { checkSource, checkSystem, MAX_CHARACTERS } from '../../src/prompt/check';
import type { PromptSource } from '../../src/prompt/source';

const TOPIC = { topic: { type: 'string' } } as const;

function refusal(check: () => void): Pick<GatewayError, 'code' | 'param' | 'message'> {
	try {
		check();
	} catch (error) {
		if (error instanceof GatewayError) return error;
		throw error;
	}
	throw new Error('nothing was refused');
}

describe('a prompt before it is stored', () => {
	it('may use all sections, each variable anywhere and as often as it likes', () => {
		const source: PromptSource = {
			identity: 'You are {{name}}.',
			system: 'You answer about {{ topic }}, and {{topic}} alone.\n\tNothing else.',
			instructions: ['Be brief.', 'At most {{words}} words; polite: {{polite}}.'],
			format: 'JSON such as {"name": "\\{{literal}}"} }}',
			variables: {
				...TOPIC,
				name: { type: 'string', default: 'Ada', description: 'Who speaks' },
				words: { type: 'number', default: 50 },
				polite: { type: 'boolean', default: true },
			},
		};
		expect(() => checkSource(source, 'prompt')).not.toThrow();
	});

	it.each<[string, PromptSource, string, string]>([
		['a variable nobody declared', { system: 'Hi {{who}}' }, 'prompt.system', "declare 'who'"],
		['it within an instruction', { instructions: ['a', 'b', '{{c}}'] }, 'prompt.instructions[2]', "declare 'c'"],
		['a name that every object has', { format: '{{constructor}}' }, 'prompt.format', "declare 'constructor'"],
		[
			'a variable that no text uses',
			{ system: 'Hi', variables: TOPIC },
			'prompt.variables.topic',
			"No text uses 'topic'",
		],
		['an opening without an end', { identity: 'You are {{name' }, 'prompt.identity', 'never closed'],
		['a placeholder without a name', { system: 'Hi {{ }}' }, 'prompt.system', 'no name of a variable'],
		['three braces', { system: '{{{topic}}}', variables: TOPIC }, 'prompt.system', 'no name of a variable'],
		['a placeholder over two lines', { system: '{{\ntopic}}', variables: TOPIC }, 'prompt.system', 'no name'],
		[
			'a name that starts with a digit',
			{ system: 'x', variables: { '1st': { type: 'string' } } },
			'prompt.variables',
			"'1st' can't name a variable",
		],
		[
			'a name of 65 characters',
			{ system: 'x', variables: { ['a'.repeat(65)]: { type: 'string' } } },
			'prompt.variables',
			"can't name a variable",
		],
		[
			'the name of the prototype',
			{ system: '{{__proto__}}', variables: JSON.parse('{"__proto__":{"type":"string"}}') },
			'prompt.variables',
			"'__proto__' can't name a variable",
		],
		[
			'a default of another type',
			{ system: '{{n}}', variables: { n: { type: 'number', default: '3' } } },
			'prompt.variables.n.default',
			'must be a number',
		],
		[
			'a default that is no number',
			{ system: '{{n}}', variables: { n: { type: 'number', default: Number.NaN } } },
			'prompt.variables.n.default',
			'must be a number',
		],
		[
			'a control character in a default',
			{ system: '{{n}}', variables: { n: { type: 'string', default: 'a\u0000' } } },
			'prompt.variables.n.default',
			'U+0000',
		],
		['a bell', { instructions: ['ok', 'ring \u0007'] }, 'prompt.instructions[1]', 'U+0007'],
		['a carriage return', { system: 'a\r\nb' }, 'prompt.system', 'U+000D'],
		['a next-line character', { system: 'a\u0085b' }, 'prompt.system', 'U+0085'],
		['half a surrogate pair', { format: 'a\ud800' }, 'prompt.format', 'surrogate'],
		['an empty instruction', { instructions: ['a', ' \n'] }, 'prompt.instructions[1]', 'must not be empty'],
		['nothing at all', {}, 'prompt', 'must say something'],
		['nothing but blanks', { identity: ' ', format: '\n' }, 'prompt', 'must say something'],
		['too much', { identity: 'a', system: 'a'.repeat(MAX_CHARACTERS) }, 'prompt', '100001'],
	])('is refused with %s', (_, source, param, message) => {
		expect(refusal(() => checkSource(source, 'prompt'))).toMatchObject({
			code: 'invalid_request',
			param,
			message: expect.stringContaining(message),
		});
	});

	it('is refused with too many variables', () => {
		const names = Array.from({ length: 101 }, (_, at) => `v${at}`);
		const source = {
			system: names.map((name) => `{{${name}}}`).join(),
			variables: Object.fromEntries(names.map((name) => [name, { type: 'string' as const }])),
		};
		expect(refusal(() => checkSource(source, 'prompt')).param).toBe('prompt.variables');
	});

	it('takes exactly as much as it may hold', () => {
		expect(() => checkSource({ system: 'a'.repeat(MAX_CHARACTERS) }, 'prompt')).not.toThrow();
	});

	it('as a text alone names its own field', () => {
		expect(() => checkSystem('Be kind, \\{{literally}}.', 'systemPrompt')).not.toThrow();
		expect(refusal(() => checkSystem('Hi {{who}}', 'systemPrompt')).param).toBe('systemPrompt');
		expect(refusal(() => checkSystem('Hi\u0000', 'systemPrompt')).param).toBe('systemPrompt');
	});
});
