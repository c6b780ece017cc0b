import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { AssistantPart, Message } from '../../../../src/language/message';
import type { ChatRequest } from '../../../../src/language/request';
import { deepseek } from '../../../../src/providers/deepseek';
import { groq } from '../../../../src/providers/groq';
import { openai } from '../../../../src/providers/openai';
import { openrouter } from '../../../../src/providers/openrouter';
import type { Provider } from '../../../../src/providers/provider';
import { openaiChat } from '../../../../src/providers/wire/openai-chat';
import { reasoner, wireTarget } from '../../../support/wire-target';

const FOLDER = '../shared/fixtures';

interface Recording {
	readonly request: { readonly url: string; readonly body: Body };
	readonly response: { readonly status: number; readonly headers: Record<string, string>; readonly body_file: string };
}

interface WireMessage {
	readonly role: string;
	readonly content: string;
	readonly tool_call_id?: string;
	readonly tool_calls?: readonly { readonly id: string; readonly function: { name: string; arguments: string } }[];
	readonly reasoning_details?: readonly { readonly text: string }[];
}

type Body = Record<string, unknown> & {
	readonly model: string;
	readonly messages: readonly WireMessage[];
	readonly tools?: readonly { readonly function: { name: string; description?: string; parameters?: object } }[];
	readonly reasoning?: { readonly max_tokens: number };
};

function recordings(provider: Provider): [string, Recording][] {
	return readdirSync(`${FOLDER}/${provider.id}`)
		.filter((file) => file.endsWith('.meta.json'))
		.map((file): [string, Recording] => [file, JSON.parse(readFileSync(`${FOLDER}/${provider.id}/${file}`, 'utf8'))])
		.filter(([, { request }]) => request.url.endsWith('/chat/completions'));
}

/** The canonical form of a recorded body, as far as these recordings go. */
function canonical(body: Body): ChatRequest {
	const { parallel_tool_calls: parallel, max_completion_tokens: most, response_format: format } = body;
	return {
		messages: body.messages.map(message),
		...(body.tools && { tools: body.tools.map((tool) => tool.function) as NonNullable<ChatRequest['tools']> }),
		...(typeof body.tool_choice === 'string' && { toolChoice: body.tool_choice as 'auto' }),
		...(typeof parallel === 'boolean' && { parallelToolCalls: parallel }),
		...(typeof most === 'number' && { maxTokens: most }),
		...(format !== undefined && { responseFormat: { type: 'json' } }),
		...reasoning(body),
	};
}

function reasoning(body: Body): Pick<ChatRequest, 'reasoning'> {
	if (body.reasoning) return { reasoning: { budgetTokens: body.reasoning.max_tokens } };
	if (body.reasoning_effort === 'high') return { reasoning: { effort: 'high' } };
	return body.thinking ? { reasoning: { effort: 'none' } } : {};
}

function message(sent: WireMessage): Message {
	const text = sent.content ? [{ type: 'text' as const, text: sent.content }] : [];
	if (sent.role === 'user') return { role: 'user', content: text };
	if (sent.role === 'tool') return { role: 'tool', callId: sent.tool_call_id ?? '', content: text };
	if (sent.role !== 'assistant') return { role: 'system', content: text };
	const thoughts = (sent.reasoning_details ?? []).map((detail): AssistantPart => {
		const { text: shown, ...opaque } = detail;
		return { type: 'reasoning', text: shown, signature: JSON.stringify(opaque) };
	});
	const calls = (sent.tool_calls ?? []).map(
		(call): AssistantPart => ({ type: 'tool-call', id: call.id, ...call.function }),
	);
	return { role: 'assistant', content: [...thoughts, ...text, ...calls] };
}

/** What is said differently to the same effect, or is not ours to say. */
function comparable(body: Body): unknown {
	const { n: _n, temperature: _temperature, usage: _usage, stream_options: _options, ...rest } = body;
	return {
		...rest,
		stream: body.stream === true,
		messages: body.messages.map((one) => ({ ...one, content: one.content ?? '' })),
	};
}

const isTranslatable = ({ request, response }: Recording): boolean =>
	response.status === 200 &&
	request.body.messages.every((one) => typeof one.content === 'string') &&
	!['models', 'reasoning_format'].some((field) => field in request.body);

if (existsSync(FOLDER)) {
	describe.each([openai, groq, openrouter, deepseek])('requests recorded at $label', (provider) => {
		it.each(recordings(provider).filter(([, one]) => isTranslatable(one)))(
			'%s is what the wire sends',
			(_, { request }) => {
				const { body } = request;
				const developer = body.messages.some((one) => one.role === 'developer');
				const target = {
					...wireTarget(
						provider,
						body.model,
						developer ? reasoner() : { reasoning: 'thinking' in body || 'reasoning' in body },
					),
					stream: body.stream === true,
				};
				// A cap that predates the field of today at OpenRouter.
				const { max_completion_tokens: most, ...others } = body;
				const expected = provider === openrouter && most ? { ...others, max_tokens: most } : body;
				const sent = openaiChat.toRequest(canonical(body), target);
				expect(comparable(JSON.parse(sent.body))).toEqual(comparable(expected as Body));
				expect(sent.warnings).toEqual([]);
			},
		);
	});
} else {
	describe.skip('recorded requests', () => it('need the shared fixtures', () => undefined));
}
