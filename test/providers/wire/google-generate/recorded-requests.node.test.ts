/** Requests that Google answered with 200: the same conversation becomes the same body here. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { AssistantPart, Message } from '../../../../src/language/message';
import type { ChatRequest, Reasoning } from '../../../../src/language/request';
import { signed } from '../../../../src/language/signature';
import { google } from '../../../../src/providers/google';
import type { WireTarget } from '../../../../src/providers/provider';
import { googleGenerate } from '../../../../src/providers/wire/google-generate';
import { googleEmbeddings } from '../../../../src/providers/wire/google-generate/embed';
import { isObject, type Json } from '../../../../src/providers/wire/json';
import { wireTarget } from '../../../support/wire-target';

const FOLDER = '../shared/fixtures/google';
const recorded = existsSync(FOLDER);

interface Part {
	readonly text?: string;
	readonly thoughtSignature?: string;
	readonly functionCall?: { readonly name: string; readonly args: Json; readonly id?: string };
	readonly functionResponse?: { readonly name: string; readonly response: Json; readonly id?: string };
}

interface Body {
	readonly contents: readonly { readonly role: string; readonly parts: readonly Part[] }[];
	readonly systemInstruction?: { readonly parts: readonly { readonly text: string }[] };
	readonly tools?: readonly { readonly functionDeclarations: readonly Json[] }[];
	readonly toolConfig?: { readonly functionCallingConfig: { readonly mode: string } };
	readonly generationConfig?: Json;
	readonly safetySettings?: unknown;
}

const metas = (recorded ? readdirSync(FOLDER) : [])
	.filter((file) => file.endsWith('.meta.json'))
	.map((file) => ({ file, ...JSON.parse(readFileSync(`${FOLDER}/${file}`, 'utf8')).request }))
	.filter(({ url }) => url.startsWith(`${google.baseUrl}/`));

const target = (url: string): WireTarget => {
	const model = /models\/([^:]+):/.exec(url)?.[1] ?? '';
	const traits = { reasoning: true, reasoningOptions: [{ type: 'effort', values: ['low', 'high'] }] } as const;
	return wireTarget(google, model, traits, url.includes('alt=sse'));
};

/** An id as the decoder makes it, for calls that came without one. */
const idOf = (given: string | undefined, name: string): string => given ?? `gcall_${name}`;

function canonical(body: Body): ChatRequest {
	const { contents, systemInstruction, tools, toolConfig, generationConfig = {}, safetySettings } = body;
	const { thinkingConfig, responseJsonSchema, responseModalities } = generationConfig;
	return {
		messages: [
			...(systemInstruction ? [{ role: 'system', content: systemInstruction.parts.map(plain) } as const] : []),
			...contents.flatMap(({ role, parts }) => (role === 'model' ? [assistant(parts)] : user(parts))),
		],
		...(tools && { tools: tools.flatMap((tool) => tool.functionDeclarations).map(toolOf) }),
		...(toolConfig && { toolChoice: toolConfig.functionCallingConfig.mode as 'none' }),
		...(isObject(responseJsonSchema) && {
			responseFormat: { type: 'json-schema', name: 'answer', schema: responseJsonSchema },
		}),
		...(isObject(thinkingConfig) && { reasoning: reasoningOf(thinkingConfig) }),
		...((safetySettings !== undefined || responseModalities !== undefined) && {
			providerOptions: {
				google: {
					...(safetySettings !== undefined && { safetySettings }),
					...(responseModalities !== undefined && { generationConfig: { responseModalities } }),
				},
			},
		}),
	};
}

const plain = ({ text }: Part) => ({ type: 'text', text: text ?? '' }) as const;

const reasoningOf = ({ thinkingLevel }: Json): Reasoning =>
	typeof thinkingLevel === 'string' ? { effort: thinkingLevel as 'low' } : { summary: 'auto' };

const toolOf = ({ name, description, parameters, parameters_json_schema: schema }: Json) => ({
	name: String(name),
	description: String(description),
	parameters: (schema ?? lowered(parameters)) as Json,
});

/** The recorded tools are in the older form, which writes types in capitals. */
function lowered(schema: unknown): unknown {
	if (Array.isArray(schema)) return schema.map(lowered);
	if (!isObject(schema)) return schema;
	return Object.fromEntries(
		Object.entries(schema).map(([key, value]) => [key, key === 'type' ? String(value).toLowerCase() : lowered(value)]),
	);
}

function assistant(parts: readonly Part[]): Message {
	return {
		role: 'assistant',
		content: parts.flatMap(({ text, thoughtSignature, functionCall }): AssistantPart[] => [
			...(thoughtSignature
				? [{ type: 'reasoning', text: '', signature: signed('google', thoughtSignature) } as const]
				: []),
			functionCall
				? {
						type: 'tool-call',
						id: idOf(functionCall.id, functionCall.name),
						name: functionCall.name,
						arguments: JSON.stringify(functionCall.args),
					}
				: { type: 'text', text: text ?? '' },
		]),
	};
}

function user(parts: readonly Part[]): Message[] {
	return parts.map((part): Message => {
		const { functionResponse: result } = part;
		if (!result) return { role: 'user', content: [plain(part)] };
		return {
			role: 'tool',
			callId: idOf(result.id, result.name),
			content: [{ type: 'text', text: JSON.stringify(result.response) }],
		};
	});
}

/** Two ways of saying one thing made the same. */
function normal({ systemInstruction, tools, toolConfig, generationConfig, ...rest }: Body): unknown {
	return {
		...rest,
		...(systemInstruction && { systemInstruction: { parts: systemInstruction.parts } }),
		...(tools && {
			tools: tools.map((tool) => ({ functionDeclarations: tool.functionDeclarations.map(toolOrRecorded) })),
		}),
		...(toolConfig && { mode: toolConfig.functionCallingConfig.mode.toUpperCase() }),
		...(Object.keys(generationConfig ?? {}).length > 0 && { generationConfig }),
	};
}

const toolOrRecorded = (tool: Json): unknown =>
	tool.parametersJsonSchema === undefined
		? toolOf(tool)
		: { ...tool, parameters: tool.parametersJsonSchema, parametersJsonSchema: undefined };

describe.skipIf(!recorded)('recorded requests', () => {
	const generating = metas.filter(({ url }) => /enerateContent/.test(url));
	const counting = metas.filter(({ url }) => url.endsWith(':countTokens'));
	const embedding = metas.filter(({ url }) => url.endsWith(':batchEmbedContents'));

	it('are all of a known kind', () => {
		expect(generating.length + counting.length + embedding.length).toBe(metas.length);
		expect(metas.length).toBeGreaterThan(15);
	});

	it.each(generating)('$file', ({ url, body }) => {
		const sent = googleGenerate.toRequest(canonical(body), target(url));
		expect(normal(JSON.parse(sent.body))).toEqual(normal(body));
		expect(sent.warnings).toEqual([]);
		expect(google.baseUrl + sent.path).toBe(url);
	});

	it.each(counting)('$file', ({ url, body }) => {
		const { model, ...generate } = body.generateContentRequest;
		const sent = googleGenerate.counting?.toRequest(canonical(generate), target(url));
		const { generateContentRequest } = JSON.parse(sent?.body ?? '{}');
		expect(generateContentRequest.model).toBe(model);
		expect(normal({ ...generateContentRequest, model: undefined })).toEqual(normal(generate));
		expect(google.baseUrl + (sent?.path ?? '')).toBe(url);
	});

	it.each(embedding)('$file', ({ url, body }) => {
		const [first] = body.requests;
		const sent = googleEmbeddings.toRequest(
			{
				input: body.requests.map((one: { content: { parts: [{ text: string }] } }) => one.content.parts[0].text),
				dimensions: first.outputDimensionality,
				...(first.taskType === 'RETRIEVAL_QUERY' && { inputType: 'query' }),
			},
			target(url),
		);
		expect(JSON.parse(sent.body)).toEqual(body);
		expect(google.baseUrl + sent.path).toBe(url);
	});
});
