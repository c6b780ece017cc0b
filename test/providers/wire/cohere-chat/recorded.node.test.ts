import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { collect } from '../../../../src/language/collect';
import type { AssistantPart, Message, TextPart } from '../../../../src/language/message';
import type { ChatRequest, JsonSchema } from '../../../../src/language/request';
import { cohere } from '../../../../src/providers/cohere';
import { cohereChat, cohereEmbeddings } from '../../../../src/providers/wire/cohere-chat';
import { arrayOf, type Json, objectOf } from '../../../../src/providers/wire/json';
import { decodeBytes, describeWire, type WireCase } from '../../../support/wire-contract';
import { wireTarget } from '../../../support/wire-target';

const FOLDER = join(import.meta.dirname, '../../../../../shared/fixtures/cohere');
const recorded = existsSync(FOLDER);
const files = recorded ? readdirSync(FOLDER) : [];
const read = (file: string): string => readFileSync(join(FOLDER, file), 'utf8');

/** The payloads that vercel/ai keeps one per line, framed again as they came. */
const framed = (file: string): string =>
	read(file)
		.split('\n')
		.filter(Boolean)
		.map((line) => `event: ${JSON.parse(line).type}\ndata: ${line}\n\n`)
		.join('');

const streamed = (file: string): string => (file.endsWith('.sse') ? read(file) : framed(file));

function tokensOf(body: string): NonNullable<WireCase['tokens']> {
	const [, input, output] =
		/"billed_units":\s*\{\s*"input_tokens":\s*(\d+),\s*"output_tokens":\s*(\d+)/.exec(body) ?? [];
	return { prompt: Number(input), completion: Number(output) };
}

/** Read below, by name. */
const ALONE = ['cohere-embedding.json', 'embed-batch.json', 'err-context-length.json'];
const STREAMS = files.filter((file) => file.endsWith('.sse') || file.endsWith('.chunks.txt'));
const WHOLE = files.filter((file) => file.endsWith('.json') && !file.endsWith('.meta.json') && !ALONE.includes(file));

describe.skipIf(!recorded)('recorded by Cohere', () => {
	describeWire('answers', cohereChat, { finishMarker: /"finish_reason":\s?"/ }, [
		...STREAMS.map((file): WireCase => ({ name: file, body: streamed(file), tokens: tokensOf(streamed(file)) })),
		...WHOLE.map((file): WireCase => ({ name: file, json: read(file), tokens: tokensOf(read(file)) })),
	]);

	const answer = (file: string) => cohereChat.fromResponse(read(file), {});
	const folded = (file: string) => {
		const bytes = new TextEncoder().encode(streamed(file));
		return collect(decodeBytes(cohereChat, bytes, bytes.length));
	};
	const kinds = (parts: readonly AssistantPart[]) => parts.map((part) => part.type);

	it('every file is read by some test', () => {
		const bodies = files.filter((file) => !file.endsWith('.meta.json'));
		expect(bodies.sort()).toEqual([...STREAMS, ...WHOLE, ...ALONE].sort());
	});

	it('hold what their names promise', () => {
		expect(answer('cached-tokens.json').usage).toMatchObject({ input: 2406, cacheRead: 0, output: 2 });
		expect(kinds(answer('cohere-reasoning.json').content)).toEqual(['reasoning', 'text']);
		expect(kinds(folded('cohere-reasoning.chunks.txt').content)).toEqual(['reasoning', 'text']);
		expect(answer('cohere-null-args.json').content[1]).toMatchObject({ name: 'currentTime', arguments: '{}' });
		expect(folded('cohere-empty-tool-call.chunks.txt').content[1]).toMatchObject({
			name: 'currentTime',
			arguments: '{}',
		});
		expect(kinds(answer('parallel-tools.turn1.json').content)).toEqual(['reasoning', 'tool-call', 'tool-call']);
		expect(folded('tools-stream.turn1.sse')).toMatchObject({
			finish: { kind: 'tool-calls', raw: 'TOOL_CALL' },
			content: [{ type: 'reasoning' }, { arguments: '{"latitude": "52.5200", "longitude": "13.4050"}' }],
		});
		expect(JSON.parse((answer('structured-output.json').content[0] as TextPart).text)).toEqual({
			name: 'John',
			age: 30,
		});
	});

	it('cite the text they belong to', () => {
		const texts = [answer('cohere-citations.json'), folded('citations-stream.sse'), answer('parallel-tools.turn2.json')]
			.flatMap((one) => one.content)
			.filter((part): part is TextPart => part.type === 'text');
		expect(texts.map((part) => part.annotations?.length)).toEqual([3, 2, 2]);
		for (const { text, annotations = [] } of texts) {
			for (const { start, end, raw } of annotations) expect(text.slice(start, end)).toBe(objectOf(raw)?.text);
		}
	});

	it('say how long a prompt may be', () => {
		expect(cohereChat.fromError(400, new Headers(), read('err-context-length.json'))).toMatchObject({
			code: 'context_too_long',
			upstream: { contextLimit: 288_000, promptTokens: 313_836 },
		});
	});

	it('embed, for what they bill', () => {
		const batch = cohereEmbeddings.fromResponse(read('embed-batch.json'), 3);
		expect(batch.embeddings.map((one) => one.length)).toEqual([1024, 1024, 1024]);
		expect(batch.usage).toMatchObject({ input: 3 });
		expect(cohereEmbeddings.fromResponse(read('cohere-embedding.json'), 2).usage).toMatchObject({ input: 10 });
	});
});

const texts = (content: unknown): readonly TextPart[] =>
	typeof content === 'string'
		? [{ type: 'text', text: content }]
		: arrayOf(content).flatMap((block) => [{ type: 'text', text: String(objectOf(block)?.text) } as const]);

const callPart = (call: unknown): AssistantPart => {
	const { id, function: spoken } = objectOf(call) ?? {};
	const { name, arguments: args } = objectOf(spoken) ?? {};
	return { type: 'tool-call', id: String(id), name: String(name), arguments: String(args) };
};

function messageOf(turn: Json): Message {
	const content = texts(turn.content);
	switch (turn.role) {
		case 'system':
			return { role: 'system', content };
		case 'assistant':
			return { role: 'assistant', content: [...content, ...arrayOf(turn.tool_calls).map(callPart)] };
		case 'tool':
			return { role: 'tool', callId: String(turn.tool_call_id), content };
		default:
			return { role: 'user', content };
	}
}

/** A recorded body in the canonical form, as the caller of its recorder would have said it. */
function canonical(body: Json): ChatRequest {
	const schema = objectOf(body.response_format)?.json_schema as JsonSchema | undefined;
	return {
		messages: arrayOf(body.messages).map((turn) => messageOf(objectOf(turn) ?? {})),
		...(body.tools !== undefined && {
			tools: arrayOf(body.tools).map((tool) => {
				const { name, description, parameters } = objectOf(objectOf(tool)?.function) ?? {};
				return { name: String(name), description: String(description), parameters: parameters as JsonSchema };
			}),
		}),
		...(schema && { responseFormat: { type: 'json-schema', name: 'answer', schema } }),
		...(body.documents !== undefined && { providerOptions: { cohere: { documents: body.documents } } }),
	};
}

/** Two ways of saying one thing made the same: text as a string or a block, no text at all. */
function normal(body: Json): Json {
	const messages = arrayOf(body.messages).map((turn) => {
		const { content, ...rest } = objectOf(turn) ?? {};
		const text = texts(content)
			.map((part) => part.text)
			.join('');
		return text === '' ? rest : { ...rest, content: text };
	});
	return { ...body, messages };
}

describe.skipIf(!recorded)('requests recorded at Cohere', () => {
	const metas = files.filter((file) => file.endsWith('.meta.json') && !file.startsWith('embed-'));

	it.each(metas)('%s is what the same conversation becomes here', (file) => {
		const meta = JSON.parse(read(file));
		const { body } = meta.request;
		const target = wireTarget(cohere, body.model, {}, body.stream);
		const wired = cohereChat.toRequest(canonical(body), target);
		expect(normal(JSON.parse(wired.body))).toEqual(normal(body));
		expect(wired.warnings).toEqual([]);
		expect(meta.request.url).toBe(cohere.baseUrl + wired.path);
	});

	it('embed-batch.meta.json is what the same texts become here, but for what may be cut off', () => {
		const { url, body } = JSON.parse(read('embed-batch.meta.json')).request;
		const request = { input: body.texts, dimensions: body.output_dimension };
		const wired = cohereEmbeddings.toRequest(request, { providerId: 'cohere', model: body.model, quirks: {} });
		expect(JSON.parse(wired.body)).toEqual({ ...body, truncate: 'NONE' });
		expect(url).toBe(cohere.baseUrl + wired.path);
	});
});
