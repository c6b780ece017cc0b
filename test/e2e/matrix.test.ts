/** Every provider in every discipline, through both doors: docs/matrix.md is what came out. */
import { readFileSync, writeFileSync } from 'node:fs';
import Anthropic from '@anthropic-ai/sdk';
import type OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VECTORS } from '../support/node/replay/embeddings';
import { type Cell, matrixDocument } from '../support/node/replay/matrix';
import { failingScriptOf, scriptOf } from '../support/node/replay/mock-script';
import { ROWS, type Row, replayVariables } from '../support/node/replay/rows';
import { FAILURES, type Failure, SAID, SCENARIOS, type Scenario, TOKENS } from '../support/node/replay/said';
import { type ReplayServer, startReplayServer } from '../support/node/replay/server';
import { type BuiltWorker, startBuilt } from '../support/node/worker';
import { sdkOf } from './session';

const PAGE = 'docs/matrix.md';
/** A red pixel. */
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';
const WEATHER = {
	type: 'object',
	properties: { city: { type: 'string' } },
	required: ['city'],
	additionalProperties: false,
};
const ANSWER = {
	type: 'object',
	properties: { answer: { type: 'integer' } },
	required: ['answer'],
	additionalProperties: false,
};

let upstream: ReplayServer;
let worker: BuiltWorker;
let openai: OpenAI;
let anthropic: Anthropic;
const cells: Cell[] = [];

beforeAll(async () => {
	upstream = await startReplayServer();
	worker = await startBuilt({ ...replayVariables(upstream.origin), LLM_MAX_ATTEMPTS: '1' });
	openai = sdkOf(worker.origin, worker.key);
	anthropic = new Anthropic({ baseURL: worker.origin, apiKey: worker.key, maxRetries: 0 });
}, 120_000);

afterAll(async () => {
	await worker.stop();
	await upstream.close();
});

/** What a door made of an answer, as far as the scenarios differ. */
interface Heard {
	readonly text: string;
	readonly calls: readonly { readonly name: string; readonly args: unknown }[];
	readonly reasoning: string;
	readonly tokens: readonly [prompt: number, completion: number];
}

/** With what the gateway warned of, which a stream's helper does not show. */
interface Told {
	readonly heard: Heard;
	readonly warnings: string | null;
}

interface Door {
	readonly name: 'openai' | 'anthropic';
	ask(row: Row, scenario: Scenario): Promise<Told>;
	/** Rejects with the SDK's error. */
	fail(row: Row, failure: Failure): Promise<unknown>;
}

/** What the user says: the scenario's name, or for the mock its script. */
const said = ({ replay }: Row, scenario: Scenario): string => (replay ? `scenario:${scenario}` : scriptOf(scenario));

const failing = ({ replay }: Row, failure: Failure): string =>
	replay ? `scenario:error-${failure}` : failingScriptOf(failure);

function openaiRequest(row: Row, scenario: Scenario): OpenAI.ChatCompletionCreateParamsNonStreaming {
	const ask: OpenAI.ChatCompletionMessageParam = { role: 'user', content: said(row, scenario) };
	const base = { model: `${row.provider}/${row.model}`, messages: [ask] };
	const tools: OpenAI.ChatCompletionTool[] = [
		{ type: 'function', function: { name: 'get_weather', parameters: WEATHER } },
	];
	switch (scenario) {
		case 'tool-call':
		case 'parallel-tools':
			return { ...base, tools };
		case 'tool-result':
			return {
				...base,
				tools,
				messages: [
					ask,
					{
						role: 'assistant',
						content: null,
						tool_calls: [
							{ id: 'callparis', type: 'function', function: { name: 'get_weather', arguments: '{"city":"Paris"}' } },
						],
					},
					{ role: 'tool', tool_call_id: 'callparis', content: '21 degrees' },
				],
			};
		case 'image':
			return {
				...base,
				messages: [
					{
						role: 'user',
						content: [
							{ type: 'text', text: said(row, scenario) },
							{ type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } },
						],
					},
				],
			};
		case 'json-schema':
			return {
				...base,
				response_format: { type: 'json_schema', json_schema: { name: 'answer', schema: ANSWER, strict: true } },
			};
		case 'reasoning':
			return { ...base, reasoning_effort: 'high' };
		default:
			return base;
	}
}

function heardByOpenai({ choices, usage }: OpenAI.ChatCompletion): Heard {
	const message = choices[0]?.message as OpenAI.ChatCompletionMessage & { reasoning_content?: string };
	return {
		text: message.content ?? '',
		calls: (message.tool_calls ?? []).map((call) =>
			call.type === 'function'
				? { name: call.function.name, args: JSON.parse(call.function.arguments) }
				: { name: call.type, args: null },
		),
		reasoning: message.reasoning_content ?? '',
		tokens: [usage?.prompt_tokens ?? 0, usage?.completion_tokens ?? 0],
	};
}

const openaiDoor: Door = {
	name: 'openai',
	async ask(row, scenario) {
		const body = openaiRequest(row, scenario);
		if (scenario !== 'stream') {
			const { data, response } = await openai.chat.completions.create(body).withResponse();
			return { heard: heardByOpenai(data), warnings: response.headers.get('x-switchyard-warnings') };
		}
		const stream = openai.chat.completions.stream({ ...body, stream: true, stream_options: { include_usage: true } });
		return { heard: heardByOpenai(await stream.finalChatCompletion()), warnings: null };
	},
	fail: (row, failure) =>
		openai.chat.completions.create({
			model: `${row.provider}/${row.model}`,
			messages: [{ role: 'user', content: failing(row, failure) }],
		}),
};

function anthropicRequest(row: Row, scenario: Scenario): Anthropic.MessageCreateParamsNonStreaming {
	const ask: Anthropic.MessageParam = { role: 'user', content: said(row, scenario) };
	const base = { model: `${row.provider}/${row.model}`, max_tokens: 4_000, messages: [ask] };
	const tools = [{ name: 'get_weather', input_schema: WEATHER }] as Anthropic.Tool[];
	switch (scenario) {
		case 'tool-call':
		case 'parallel-tools':
			return { ...base, tools };
		case 'tool-result':
			return {
				...base,
				tools,
				messages: [
					ask,
					{
						role: 'assistant',
						content: [{ type: 'tool_use', id: 'callparis', name: 'get_weather', input: { city: 'Paris' } }],
					},
					{ role: 'user', content: [{ type: 'tool_result', tool_use_id: 'callparis', content: '21 degrees' }] },
				],
			};
		case 'image':
			return {
				...base,
				messages: [
					{
						role: 'user',
						content: [
							{ type: 'text', text: said(row, scenario) },
							{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG } },
						],
					},
				],
			};
		case 'json-schema':
			return { ...base, output_config: { format: { type: 'json_schema', schema: ANSWER } } };
		case 'reasoning':
			return { ...base, thinking: { type: 'enabled', budget_tokens: 2_000 } };
		default:
			return base;
	}
}

function heardByAnthropic({ content, usage }: Anthropic.Message): Heard {
	return {
		text: content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join(''),
		calls: content.flatMap((block) => (block.type === 'tool_use' ? [{ name: block.name, args: block.input }] : [])),
		reasoning: content.flatMap((block) => (block.type === 'thinking' ? [block.thinking] : [])).join(''),
		tokens: [usage.input_tokens, usage.output_tokens],
	};
}

const anthropicDoor: Door = {
	name: 'anthropic',
	async ask(row, scenario) {
		const body = anthropicRequest(row, scenario);
		if (scenario !== 'stream') {
			const { data, response } = await anthropic.messages.create(body).withResponse();
			return { heard: heardByAnthropic(data), warnings: response.headers.get('x-switchyard-warnings') };
		}
		const message = await anthropic.messages.stream(body).finalMessage();
		return { heard: heardByAnthropic(message), warnings: null };
	},
	fail: (row, failure) =>
		anthropic.messages.create({
			model: `${row.provider}/${row.model}`,
			max_tokens: 100,
			messages: [{ role: 'user', content: failing(row, failure) }],
		}),
};

const DOORS: readonly Door[] = [openaiDoor, anthropicDoor];

const note = (row: Row, column: string, door: string, outcome: string): void => {
	cells.push({ row: row.label, column, door, outcome });
};

/** A refusal before any call; null: it was something else. */
function refusalOf(error: unknown): string | null {
	const refused = typeof error === 'object' && error !== null && 'status' in error && error.status === 400;
	return refused ? 'refused: 400 `invalid_request`' : null;
}

/** The model not being in the catalog says nothing of the discipline. */
function outcomeOf(warnings: string | null): string {
	const named = (warnings ?? '').split(', ').filter((field) => field !== '' && field !== 'model');
	return named.length > 0 ? `works, with a warning of \`${named.join('`, `')}\`` : 'works';
}

function expectHeard(heard: Heard, scenario: Scenario): void {
	const { text = '', calls = [], reasoning = '' } = SAID[scenario];
	expect(heard).toEqual({
		text,
		calls: calls.map(({ name, args }) => ({ name, args })),
		reasoning,
		tokens: [TOKENS.prompt, TOKENS.completion],
	});
}

const OUTWARD: Readonly<Record<Failure, readonly [status: readonly number[], outcome: string]>> = {
	auth: [[502], '502 `upstream_rejected`'],
	'rate-limit': [[429], '429 `rate_limited`'],
	overloaded: [[503, 529], '503 `upstream_unavailable`'],
	context: [[400], '400 `context_too_long`'],
	'bad-request': [[400], '400 `invalid_request`'],
	'not-found': [[404], '404 `model_not_found`'],
};

describe.each(ROWS)('$label', (row) => {
	for (const door of DOORS) {
		it.each(SCENARIOS)(
			`serves %s through the door of ${door.name}, or refuses it before any call`,
			async (scenario) => {
				let outcome = 'works';
				try {
					const { heard, warnings } = await door.ask(row, scenario);
					expectHeard(heard, scenario);
					outcome = outcomeOf(warnings);
				} catch (error) {
					const refusal = refusalOf(error);
					if (refusal === null) throw error;
					outcome = refusal;
				}
				expect(upstream.complaints()).toEqual([]);
				note(row, scenario, door.name, outcome);
			},
		);

		it.each(FAILURES)(`types the error %s through the door of ${door.name}`, async (failure) => {
			const [statuses, outcome] = OUTWARD[failure];
			const error = await door.fail(row, failure).then(
				() => null,
				(thrown: unknown) => thrown,
			);
			expect(error).toMatchObject({ status: expect.any(Number) });
			expect(statuses).toContain((error as { status: number }).status);
			expect(String((error as Error).message)).not.toMatch(/key-secr|internal\.amazon/);
			note(row, `error: ${failure}`, door.name, outcome);
		});
	}

	it('embeds, or says that it has no embeddings', async () => {
		const input = ['scenario:embeddings first', 'scenario:embeddings second'];
		const named = row.embedWire ? {} : { model: `${row.provider}/any-embedding` };
		const model = row.embedWire ? await defaultEmbedding(row) : named.model;
		const asked = openai.embeddings.create({ model: model ?? '', input, encoding_format: 'float' });
		if (row.embedWire === null) {
			await expect(asked).rejects.toMatchObject({ status: 400, param: 'model' });
			note(row, 'embeddings', 'openai', 'not offered by the provider');
			return;
		}
		const vectors = (await asked).data.map((one) => one.embedding);
		if (row.replay) expect(vectors).toEqual(VECTORS);
		else expect(new Set(vectors.map((vector) => vector.length)).size).toBe(1);
		expect(upstream.complaints()).toEqual([]);
		note(row, 'embeddings', 'openai', 'works');
	});
});

async function defaultEmbedding({ provider }: Row): Promise<string> {
	const { providers } = await import('../../src/providers');
	const found = Object.values(providers).find(({ id }) => id === provider);
	const model = found && 'embeddings' in found ? found.embeddings.defaultModel : '';
	return `${provider}/${model}`;
}

describe('docs/matrix.md', () => {
	it('says what came out: run with UPDATE_DOCS=1 to write it anew', () => {
		const document = matrixDocument(cells);
		if (process.env.UPDATE_DOCS === '1') writeFileSync(PAGE, document);
		expect(readFileSync(PAGE, 'utf8')).toBe(document);
	});
});
