/** Values for the variables of an agent's prompt, through every door that can ask an agent. */
import { describe, expect, it } from 'vitest';
import { invalid } from '../../src/errors';
import { chatAnswer, doorApp } from '../support/door-app';

const GIVEN = { name: 'Bo {{x}}', count: 3, polite: false };
const messages = [{ role: 'user', content: 'Hi' }];

const DOORS = [
	['OpenAI chat', '/v1/chat/completions', (variables: unknown) => ({ messages, switchyard: { variables } })],
	['OpenAI Responses', '/v1/responses', (variables: unknown) => ({ input: 'Hi', switchyard: { variables } })],
	['Anthropic', '/v1/messages', (variables: unknown) => ({ max_tokens: 9, messages, switchyard: { variables } })],
] as const;

interface Refused {
	readonly error: { readonly param?: string | null; readonly message: string };
}

describe.each(DOORS)('the %s door', (_, path, bodyOf) => {
	it('hands on variables of every type as they are', async () => {
		const door = doorApp({ chat: () => chatAnswer() });
		expect((await door.post(path, bodyOf(GIVEN))).status).toBe(200);
		expect(door.gateway.chats[0]?.request.variables).toEqual(GIVEN);
	});

	it('hands on none where none are given', async () => {
		const door = doorApp({ chat: () => chatAnswer() });
		await door.post(path, bodyOf(null));
		expect(door.gateway.chats[0]?.request).not.toHaveProperty('variables');
	});

	it.each([[{ name: { first: 'Bo' } }], [{ name: null }], [{ name: ['Bo'] }]])(
		'refuses %j by its name',
		async (wrong) => {
			const response = await doorApp({ chat: () => chatAnswer() }).post(path, bodyOf(wrong));
			expect(response.status).toBe(400);
			const { error } = (await response.json()) as Refused;
			expect(error.message).toContain('switchyard.variables.name: expected a string, a number or a boolean');
		},
	);

	it('names what the path refuses in its own spelling', async () => {
		const door = doorApp({
			chat: () => {
				throw invalid('variables.name', "variables.name: missing; the agent's prompt needs this string.");
			},
		});
		const response = await door.post(path, bodyOf({}));
		expect(response.status).toBe(400);
		const { error } = (await response.json()) as Refused;
		expect(error.message).toBe("switchyard.variables.name: missing; the agent's prompt needs this string.");
		if (error.param !== undefined) expect(error.param).toBe('switchyard.variables.name');
	});
});

describe('tRPC', () => {
	it('takes variables beside the agent', async () => {
		const door = doorApp({ chat: () => chatAnswer() });
		const response = await door.post('/trpc/chat', { messages, agent: 'support', variables: GIVEN });
		expect(response.status).toBe(200);
		expect(door.gateway.chats).toMatchObject([{ agent: 'support', request: { variables: GIVEN } }]);
	});

	it('refuses what is no value by its name', async () => {
		const response = await doorApp().post('/trpc/chat', { messages, variables: { name: null } });
		expect(response.status).toBe(400);
		expect(await response.json()).toMatchObject({ error: { data: { gateway: { param: 'variables.name' } } } });
	});

	it('has none for embeddings', async () => {
		const response = await doorApp().post('/trpc/embed', { input: 'Hi', variables: {} });
		expect(response.status).toBe(400);
	});
});

describe('a prompt named in a request of the Responses door', () => {
	const PATH = '/v1/responses';
	const post = async (body: object, headers: Record<string, string> = {}) => {
		const door = doorApp({ chat: () => chatAnswer() });
		const response = await door.post(PATH, { input: 'Hi', ...body }, headers);
		return { call: door.gateway.chats[0], json: (await response.json()) as Refused & { prompt?: unknown } };
	};

	it('is that of an agent, with its variables', async () => {
		const variables = { name: { type: 'input_text', text: 'Bo' }, count: 3 };
		const { call, json } = await post({ prompt: { id: 'agent:support', variables } });
		expect(call).toMatchObject({ agent: 'support', request: { variables: { name: 'Bo', count: 3 } } });
		expect(json.prompt).toEqual({ id: 'agent:support', variables: { name: 'Bo', count: 3 } });
	});

	it('may be said twice, but not of two agents', async () => {
		const prompt = { id: 'agent:support' };
		expect((await post({ prompt, switchyard: { agent: 'support' } })).call?.agent).toBe('support');
		expect((await post({ prompt, switchyard: { agent: 'sales' } })).json.error.param).toBe('prompt.id');
	});

	it('yields to the header, as every agent in a body does', async () => {
		expect((await post({ prompt: { id: 'agent:support' } }, { 'x-switchyard-agent': 'sales' })).call?.agent).toBe(
			'sales',
		);
	});

	it.each([
		[{ id: 'agent:' }, 'prompt.id'],
		[{ id: 'agent:support', version: '2' }, 'prompt.version'],
		[{ id: 'agent:support', variables: { a: { type: 'input_image', image_url: 'x' } } }, 'prompt.variables.a'],
	])('is refused as %j', async (prompt, param) => {
		const { call, json } = await post({ prompt });
		expect(call).toBeUndefined();
		expect(json.error.param).toBe(param);
	});

	it('has its variables in one place, and errors name that place', async () => {
		const prompt = { id: 'agent:support', variables: { name: 3 } };
		const twice = await post({ prompt, switchyard: { variables: { name: 'Bo' } } });
		expect(twice.json.error.param).toBe('prompt.variables');
		const door = doorApp({
			chat: () => {
				throw invalid('variables.name', 'variables.name: expected a string.');
			},
		});
		const response = await door.post(PATH, { input: 'Hi', prompt });
		expect(await response.json()).toMatchObject({
			error: { param: 'prompt.variables.name', message: 'prompt.variables.name: expected a string.' },
		});
	});
});

describe('embeddings of the OpenAI door', () => {
	it('take no variables: they have no prompt', async () => {
		const response = await doorApp().post('/v1/embeddings', { input: 'Hi', switchyard: { variables: {} } });
		expect(response.status).toBe(400);
		expect(await response.json()).toMatchObject({ error: { param: 'switchyard.variables' } });
	});
});
