import { describe, expect, it } from 'vitest';
import { chatAnswer, doorApp } from '../../support/door-app';

const PATH = '/v1/chat/completions';
const user = { role: 'user', content: 'Hi' };

async function refusal(body: unknown) {
	const response = await doorApp({ chat: () => chatAnswer() }).post(PATH, body);
	const { error } = (await response.json()) as { error: { code: string; param: string | null; message: string } };
	return { status: response.status, code: error.code, param: error.param, message: error.message };
}

describe('a request the OpenAI chat door refuses', () => {
	it.each<[string, unknown, string | null]>([
		['no JSON', '{"messages": [', null],
		['an array', [], null],
		['no messages', { model: 'x' }, 'messages'],
		['empty messages', { messages: [] }, 'messages'],
		['a number for content', { messages: [{ role: 'user', content: 3 }] }, 'messages[0].content'],
		['no parts', { messages: [user, { role: 'user', content: [] }] }, 'messages[1].content'],
		['an unknown part', { messages: [{ role: 'user', content: [{ type: 'video' }] }] }, 'messages[0].content[0].type'],
		[
			'a part without its text',
			{ messages: [{ role: 'user', content: [{ type: 'text', text: 'a' }, { type: 'text' }] }] },
			'messages[0].content[1].text',
		],
		['an unknown role', { messages: [{ role: 'robot', content: 'x' }] }, 'messages[0].role'],
		['a function message without a name', { messages: [{ role: 'function', content: 'x' }] }, 'messages[0].name'],
		['a tool message without its call', { messages: [{ role: 'tool', content: 'x' }] }, 'messages[0].tool_call_id'],
		[
			'an image that is neither web nor data',
			{ messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'file:///etc/passwd' } }] }] },
			'messages[0].content[0].image_url.url',
		],
		[
			'a data URL that is not base64',
			{ messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:image/png,abc' } }] }] },
			'messages[0].content[0].image_url.url',
		],
		[
			'a file that is nothing',
			{ messages: [{ role: 'user', content: [{ type: 'file', file: {} }] }] },
			'messages[0].content[0].file',
		],
		['a text for temperature', { messages: [user], temperature: 'hot' }, 'temperature'],
		['too much temperature', { messages: [user], temperature: 3 }, 'temperature'],
		['no tokens', { messages: [user], max_tokens: 0 }, 'max_tokens'],
		[
			'stream options without a stream',
			{ messages: [user], stream_options: { include_usage: true } },
			'stream_options',
		],
		['top_logprobs without logprobs', { messages: [user], top_logprobs: 2 }, 'top_logprobs'],
		['a custom tool', { messages: [user], tools: [{ type: 'custom', custom: { name: 'x' } }] }, 'tools[0].type'],
		[
			'a tool without a name',
			{ messages: [user], tools: [{ type: 'function', function: {} }] },
			'tools[0].function.name',
		],
		[
			'allowed_tools that are not there',
			{
				messages: [user],
				tools: [{ type: 'function', function: { name: 'f' } }],
				tool_choice: {
					type: 'allowed_tools',
					allowed_tools: { mode: 'auto', tools: [{ type: 'function', function: { name: 'g' } }] },
				},
			},
			'tool_choice',
		],
		[
			'a choice of a custom tool',
			{
				messages: [user],
				tools: [{ type: 'function', function: { name: 'f' } }],
				tool_choice: { type: 'custom', custom: { name: 'f' } },
			},
			'tool_choice',
		],
		[
			'tools and functions',
			{ messages: [user], tools: [{ type: 'function', function: { name: 'f' } }], functions: [{ name: 'g' }] },
			'functions',
		],
		[
			'tools and a function_call',
			{ messages: [user], tools: [{ type: 'function', function: { name: 'f' } }], function_call: 'none' },
			'function_call',
		],
		['two bounds that differ', { messages: [user], max_tokens: 1, max_completion_tokens: 2 }, 'max_tokens'],
		[
			'audio of an earlier answer',
			{ messages: [{ role: 'assistant', audio: { id: 'audio_1' } }] },
			'messages[0].audio',
		],
		[
			'a custom tool call',
			{
				messages: [{ role: 'assistant', tool_calls: [{ id: 'c', type: 'custom', custom: { name: 'f', input: 'x' } }] }],
			},
			'messages[0].tool_calls[0].type',
		],
		[
			'a file that is two',
			{ messages: [{ role: 'user', content: [{ type: 'file', file: { file_id: 'f', file_data: 'JVBE' } }] }] },
			'messages[0].content[0].file',
		],
		[
			'a cache lifetime that nobody has',
			{
				messages: [
					{
						role: 'user',
						content: [{ type: 'text', text: 'x', cache_control: { type: 'ephemeral', ttl: '2h' } }],
					},
				],
			},
			'messages[0].content[0].cache_control.ttl',
		],
		['an unknown format', { messages: [user], response_format: { type: 'xml' } }, 'response_format.type'],
		['metadata that is no text', { messages: [user], metadata: { a: 1 } }, 'metadata.a'],
		['an unknown field of ours', { messages: [user], switchyard: { reciept: true } }, 'switchyard.reciept'],
	])('with %s', async (_, body, param) => {
		const got = await refusal(body);
		expect(got).toMatchObject({ status: 400, code: 'invalid_request', param });
		expect(got.message.length).toBeGreaterThan(10);
	});

	it.each([
		['x-switchyard-fallback', 'maybe'],
		['x-switchyard-run', 'x'.repeat(257)],
	])('with an unusable header %s', async (name, value) => {
		const response = await doorApp().post(PATH, { messages: [user] }, { [name]: value });
		expect(response.status).toBe(400);
		expect(await response.json()).toMatchObject({ error: { param: name } });
	});
});
