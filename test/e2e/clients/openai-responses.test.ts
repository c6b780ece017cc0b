/** The Responses API of OpenAI's own SDK in front of the running Worker, other providers' protocols behind it. */
import OpenAI from 'openai';
import { zodResponsesFunction, zodTextFormat } from 'openai/helpers/zod';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { MODELS, newRequestId, openReplay, type ReplaySession, sdkOf, usageOf } from '../session';

let session: ReplaySession;
let openai: OpenAI;

beforeAll(async () => {
	session = await openReplay();
	openai = sdkOf(session.worker.origin, session.worker.key);
}, 90_000);

afterAll(() => session.close());

const SAID = 'The tools said: Paris has 21 degrees; Oslo has 21 degrees.';

describe.each([MODELS.responses, MODELS.openai, MODELS.anthropic, MODELS.google, MODELS.ollama])(
	'responses of %s',
	(model) => {
		it('stream as events that fold into the response', async () => {
			const options = { headers: { 'x-request-id': newRequestId() } };
			const stream = openai.responses.stream({ model, input: 'scenario:stream', store: false }, options);
			const types: string[] = [];
			let text = '';
			for await (const event of stream) {
				types.push(event.type);
				if (event.type === 'response.output_text.delta') text += event.delta;
			}
			expect([types[0], types.at(-1)]).toEqual(['response.created', 'response.completed']);
			expect(text).toBe('Hello from the yard.');
			const final = await stream.finalResponse();
			expect(final.output_text).toBe(text);
			expect(final.usage).toMatchObject({ input_tokens: 11, output_tokens: 7, total_tokens: 18 });
			const [row] = await usageOf(session.worker, options.headers['x-request-id']);
			expect(row).toMatchObject({ state: 'settled', stream: 1, prompt_tokens: 11, completion_tokens: 7 });
		});

		it('run a loop of tools without a store: the output is the next input', async () => {
			const weather = zodResponsesFunction({ name: 'get_weather', parameters: z.object({ city: z.string() }) });
			const input: OpenAI.Responses.ResponseInput = [{ role: 'user', content: 'scenario:long-loop' }];
			const cities: string[] = [];
			for (let turn = 0; turn < 3; turn += 1) {
				const response = await openai.responses.parse({ model, input, tools: [weather], store: false });
				for (const item of response.output) {
					if (item.type !== 'function_call') continue;
					const { city } = item.parsed_arguments as { city: string };
					cities.push(city);
					input.push(
						{ type: 'function_call', call_id: item.call_id, name: item.name, arguments: item.arguments },
						{ type: 'function_call_output', call_id: item.call_id, output: `${city} has 21 degrees` },
					);
				}
				if (turn === 2) expect(response.output_text).toBe(SAID);
			}
			expect(cities).toEqual(['Paris', 'Oslo']);
			expect(session.upstream.complaints()).toEqual([]);
		});

		it('parse structured output by its schema', async () => {
			const format = zodTextFormat(z.object({ answer: z.int() }), 'answer');
			const response = await openai.responses.parse({ model, input: 'scenario:json-schema', text: { format } });
			expect(response.output_parsed).toEqual({ answer: 42 });
			expect(session.upstream.complaints()).toEqual([]);
		});
	},
);

describe('responses', () => {
	it.each([
		[MODELS.responses, '"encrypted_content":"sealed"'],
		[MODELS.anthropic, '"signature":"c2lnbmVk"'],
		[MODELS.google, '"args":{"city":"Paris"}},"thoughtSignature":"c2ln"}'],
		[MODELS.bedrock, '"signature":"c2ln"'],
	])('give the reasoning of %s sealed, and its provider gets it back as it was', async (model, proof) => {
		const asked = {
			model,
			tools: [
				{
					type: 'function' as const,
					name: 'get_weather',
					strict: false,
					parameters: { type: 'object', properties: { city: { type: 'string' } } },
				},
			],
			reasoning: { effort: 'high' as const, summary: 'auto' as const },
			include: ['reasoning.encrypted_content' as const],
			store: false,
		};
		const input: OpenAI.Responses.ResponseInput = [{ role: 'user', content: 'scenario:thinking-loop' }];
		session.upstream.calls();
		const first = await openai.responses.stream({ ...asked, input }).finalResponse();
		const thought = first.output.find((item) => item.type === 'reasoning');
		expect(thought).toMatchObject({ summary: [{ text: 'A tool knows.' }] });
		for (const item of first.output) if (item.type === 'reasoning' || item.type === 'function_call') input.push(item);
		input.push({ type: 'function_call_output', call_id: 'callparis', output: '21 degrees' });
		const second = await openai.responses.create({ ...asked, input });
		expect(second.output_text).toBe('The tools said: 21 degrees.');
		expect(session.upstream.calls().at(-1)?.text).toContain(proof);
		expect(session.upstream.complaints()).toEqual([]);
	});

	it('throw in the middle of a stream that is cut', async () => {
		const stream = openai.responses.stream({ model: MODELS.anthropic, input: 'scenario:cut' });
		await expect(stream.finalResponse()).rejects.toBeInstanceOf(OpenAI.APIError);
	});
});
