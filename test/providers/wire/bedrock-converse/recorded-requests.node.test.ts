import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { AssistantPart, Message, TextPart } from '../../../../src/language/message';
import type { ChatRequest, JsonSchema } from '../../../../src/language/request';
import { bedrock } from '../../../../src/providers/bedrock';
import { bedrockConverse } from '../../../../src/providers/wire/bedrock-converse';
import { arrayOf, isObject, type Json, objectOf } from '../../../../src/providers/wire/json';
import { wireTarget } from '../../../support/wire-target';

const FOLDER = '../shared/fixtures/bedrock/';
const recorded = existsSync(FOLDER);

interface Recorded {
	readonly url: string;
	readonly body: Json;
}

const requestOf = (file: string): Recorded => JSON.parse(readFileSync(FOLDER + file, 'utf8')).request;
/** What only the escape hatch says. */
const BEYOND = ['stream-citations-claude.meta.json'];
const files = (recorded ? readdirSync(FOLDER) : []).filter(
	(file) =>
		file.endsWith('.meta.json') && !BEYOND.includes(file) && /\/converse(?:-stream)?$/.test(requestOf(file).url),
);

const list = (value: unknown): Json[] => arrayOf(value).filter(isObject);

/** Texts, each with the cache point behind it. */
const textsOf = (blocks: readonly Json[]): TextPart[] =>
	blocks.flatMap((block, at) =>
		typeof block.text === 'string'
			? [{ type: 'text', text: block.text, ...(blocks[at + 1]?.cachePoint !== undefined && { cache: true }) }]
			: [],
	);

function assistantPart(block: Json): AssistantPart {
	const call = objectOf(block.toolUse);
	if (call) {
		const { toolUseId, name, input } = call;
		return { type: 'tool-call', id: String(toolUseId), name: String(name), arguments: JSON.stringify(input) };
	}
	const thought = objectOf(objectOf(block.reasoningContent)?.reasoningText);
	if (thought) return { type: 'reasoning', text: String(thought.text), signature: String(thought.signature) };
	return { type: 'text', text: String(block.text) };
}

function messagesOf(turn: Json): Message[] {
	const blocks = list(turn.content);
	if (turn.role === 'assistant') return [{ role: 'assistant', content: blocks.map(assistantPart) }];
	const results = blocks.flatMap((block) => {
		const result = objectOf(block.toolResult);
		if (!result) return [];
		const content = list(result.content).map((part): TextPart => ({ type: 'text', text: JSON.stringify(part.json) }));
		return [{ role: 'tool', callId: String(result.toolUseId), content } as const];
	});
	const said = textsOf(blocks);
	return [...results, ...(said.length > 0 ? [{ role: 'user', content: said } as const] : [])];
}

function toolsOf(body: Json): ChatRequest['tools'] {
	return list(objectOf(body.toolConfig)?.tools).flatMap((tool) => {
		const { name, description, inputSchema } = objectOf(tool.toolSpec) ?? {};
		const parameters = objectOf(inputSchema)?.json as JsonSchema;
		return [{ name: String(name), description: String(description), parameters }];
	});
}

function formatOf(body: Json): NonNullable<ChatRequest['responseFormat']> {
	const schema = objectOf(objectOf(objectOf(objectOf(body.outputConfig)?.textFormat)?.structure)?.jsonSchema);
	if (!schema) return { type: 'text' };
	return {
		type: 'json-schema',
		name: String(schema.name),
		schema: JSON.parse(String(schema.schema)),
		...(schema.description !== undefined && { description: String(schema.description) }),
	};
}

function reasoningOf(body: Json): Pick<ChatRequest, 'reasoning'> {
	const thinking = objectOf(objectOf(body.additionalModelRequestFields)?.thinking);
	if (thinking?.type === 'adaptive') return { reasoning: { effort: 'high' } };
	return thinking ? { reasoning: { budgetTokens: Number(thinking.budget_tokens) } } : {};
}

/** A recorded body in the canonical form, as the caller of its recorder would have said it. */
function canonical(body: Json): ChatRequest {
	const { temperature, topP, maxTokens, stopSequences } = objectOf(body.inferenceConfig) ?? {};
	const topK = objectOf(objectOf(body.additionalModelRequestFields)?.inferenceConfig)?.topK;
	const tools = toolsOf(body);
	const system = textsOf(list(body.system));
	return {
		messages: [
			...(system.length > 0 ? [{ role: 'system', content: system } as const] : []),
			...list(body.messages).flatMap(messagesOf),
		],
		responseFormat: formatOf(body),
		...reasoningOf(body),
		...(tools && tools.length > 0 && { tools }),
		...(typeof temperature === 'number' && { temperature }),
		...(typeof topP === 'number' && { topP }),
		...(typeof topK === 'number' && { topK }),
		...(typeof maxTokens === 'number' && { maxTokens }),
		...(Array.isArray(stopSequences) && { stop: stopSequences.map(String) }),
		...(body.guardrailConfig !== undefined && {
			providerOptions: { bedrock: { guardrailConfig: body.guardrailConfig } },
		}),
	};
}

/** Two ways of saying one thing made the same: what is empty, and a tool's JSON as text. */
function normal(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(normal);
	if (!isObject(value)) return value;
	if (
		value.json !== undefined &&
		value.type === undefined &&
		!('inputSchema' in value) &&
		Object.keys(value).length === 1
	) {
		const json = objectOf(value.json);
		return json?.type === 'object' ? { json } : { text: JSON.stringify(value.json) };
	}
	if (typeof value.schema === 'string') return { ...value, schema: JSON.parse(value.schema) };
	const said = Object.entries(value).map(([key, one]) => [key, normal(one)] as const);
	const empty = (one: unknown) => one !== null && typeof one === 'object' && Object.keys(one).length === 0;
	return Object.fromEntries(said.filter(([key, one]) => !empty(one) || key === 'content'));
}

const target = (model: string, stream: boolean) =>
	wireTarget(
		bedrock,
		model,
		{
			reasoning: true,
			reasoningOptions: model.includes('4-6')
				? [{ type: 'effort', values: ['low', 'medium', 'high', 'max'] }]
				: [{ type: 'budget', min: 1024, max: null }],
		},
		stream,
	);

describe.skipIf(!recorded)('recorded requests to Converse', () => {
	it('are there', () => expect(files.length).toBeGreaterThan(15));

	it.each(files)('%s is what the same conversation becomes here', (file) => {
		const { url, body } = requestOf(file);
		const [, , id = '', operation] = new URL(url.replace('<AWS_REGION>', 'us-east-1')).pathname.split('/');
		const model = decodeURIComponent(id);
		const wired = bedrockConverse.toRequest(canonical(body), target(model, operation === 'converse-stream'));
		expect(wired.path).toBe(`/model/${encodeURIComponent(model)}/${operation}`);
		const sent = normal(JSON.parse(wired.body)) as Json;
		const asked = normal(body) as Json;
		if (canonical(body).reasoning) {
			// Ours says an effort and a bound besides.
			expect(sent).toMatchObject(asked);
			return;
		}
		if (wired.warnings.some((warning) => warning.field === 'topP')) {
			// Claude is given temperature or topP, as its newer models demand.
			const { topP: _, ...inferenceConfig } = objectOf(asked.inferenceConfig) ?? {};
			expect(sent).toEqual({ ...asked, inferenceConfig });
			return;
		}
		expect(sent).toEqual(asked);
		expect(wired.warnings).toEqual([]);
	});
});
