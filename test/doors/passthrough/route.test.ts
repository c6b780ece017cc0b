import { describe, expect, it } from 'vitest';
import type { Passed, PassthroughCall } from '../../../src/gateway/call';
import { doorApp, meta } from '../../support/door-app';

async function* once(text: string): AsyncGenerator<Uint8Array, void, void> {
	yield new TextEncoder().encode(text);
}

const passed = (change: Partial<Passed> = {}): Passed => ({
	status: 200,
	headers: new Headers({ 'content-type': 'application/json' }),
	body: once('{"ok":true}'),
	meta: () => meta({ provider: 'openai', model: 'gpt-image-1', context: null }),
	...change,
});

function app(answer: Partial<Passed> = {}) {
	const calls: PassthroughCall[] = [];
	const built = doorApp({
		passthrough: async (call) => {
			calls.push(call);
			return passed(answer);
		},
	});
	return { ...built, calls };
}

describe('/v1/providers/{provider}/{path}', () => {
	it('hands on method, path, query and body, and says who answered', async () => {
		const { request, calls } = app();
		const response = await request('/v1/providers/openai/images/generations?size=a%2Fb', {
			method: 'POST',
			headers: { authorization: 'Bearer sy_key', 'content-type': 'application/json', 'x-switchyard-run': 'run-1' },
			body: '{"model":"gpt-image-1"}',
		});
		expect(await response.text()).toBe('{"ok":true}');
		expect(response.headers.get('x-switchyard-provider')).toBe('openai');
		expect(response.headers.get('x-request-id')).not.toBeNull();
		expect(calls[0]).toMatchObject({
			provider: 'openai',
			method: 'POST',
			path: '/images/generations',
			search: '?size=a%2Fb',
			model: 'gpt-image-1',
			runId: 'run-1',
		});
	});

	it('lets no credential, cookie or address of the client through', async () => {
		const { request, calls } = app();
		await request('/v1/providers/openai/moderations', {
			method: 'POST',
			headers: {
				authorization: 'Bearer sy_key',
				cookie: 'a=b',
				'x-forwarded-for': '10.0.0.1',
				'x-api-key': 'secret',
				'anthropic-beta': 'files-api-2025-04-14',
				accept: 'application/json',
				'content-type': 'application/json',
			},
			body: '{}',
		});
		expect(Object.keys(calls[0]?.headers ?? {}).sort()).toEqual(['accept', 'anthropic-beta', 'content-type']);
	});

	it("lets only listed headers of the answer through, and keeps the upstream's limits apart from ours", async () => {
		const { request } = app({
			headers: new Headers({
				'content-type': 'audio/mpeg',
				'set-cookie': 'session=1',
				server: 'internal-7',
				'x-ratelimit-remaining-requests': '3',
				'content-disposition': 'attachment',
			}),
		});
		const response = await request('/v1/providers/openai/audio/speech', {
			method: 'POST',
			headers: { authorization: 'Bearer sy_key' },
		});
		expect(response.headers.get('content-type')).toBe('audio/mpeg');
		expect(response.headers.get('content-disposition')).toBe('attachment');
		expect(response.headers.get('x-upstream-ratelimit-remaining-requests')).toBe('3');
		expect(response.headers.get('x-ratelimit-remaining-requests')).toBeNull();
		for (const name of ['set-cookie', 'server']) expect(response.headers.get(name)).toBeNull();
	});

	it('never makes a page of this origin of what an upstream serves', async () => {
		const { request } = app({ headers: new Headers({ 'content-type': 'text/html' }) });
		const response = await request('/v1/providers/custom/page', { headers: { authorization: 'Bearer sy_key' } });
		expect(response.headers.get('content-security-policy')).toBe('sandbox');
		expect(response.headers.get('x-content-type-options')).toBe('nosniff');
	});

	it('finds the model in a form', async () => {
		const { fetch, calls } = app();
		const form = new FormData();
		form.set('model', 'whisper-1');
		form.set('file', new Blob(['RIFF']), 'a.wav');
		await fetch('http://gateway.test/v1/providers/openai/audio/transcriptions', {
			method: 'POST',
			headers: { authorization: 'Bearer sy_key' },
			body: form,
		});
		expect(calls[0]?.model).toBe('whisper-1');
	});

	it('answers an upstream that has no content without any', async () => {
		const { request } = app({ status: 204, body: once('') });
		const response = await request('/v1/providers/openai/files/f1', {
			method: 'DELETE',
			headers: { authorization: 'Bearer sy_key' },
		});
		expect(response.status).toBe(204);
	});

	it('asks for a key before anything else', async () => {
		const { request, calls } = app();
		expect((await request('/v1/providers/openai/files', { key: false })).status).toBe(401);
		expect(calls).toHaveLength(0);
	});

	it.each([
		['google', '/models/gemini-pro:generateContent', 'gemini-pro'],
		['workers-ai', '/run/@cf/meta/llama-3.3-70b', '@cf/meta/llama-3.3-70b'],
		['bedrock', '/model/anthropic.claude-v1%3A0/invoke', 'anthropic.claude-v1:0'],
		['azure-openai', '/openai/deployments/big/chat/completions', 'big'],
	])('takes the model that the path of %s names, whatever the body says', async (provider, path, model) => {
		const { post, calls } = app();
		await post(`/v1/providers/${provider}${path}`, { model: 'cheap' });
		expect(calls[0]).toMatchObject({ path, model });
	});

	it.each([['{"model":"cheap","models":["dear"]}'], ['{"model":"cheap","Model":"dear"}']])(
		'names no model where the body leaves open which one answers: %s',
		async (body) => {
			const { request, calls } = app();
			const headers = { authorization: 'Bearer sy_key', 'content-type': 'application/json' };
			await request('/v1/providers/openrouter/chat/completions', { method: 'POST', headers, body });
			expect(calls[0]?.model).toBeNull();
		},
	);

	it.each(['openai%2Fgpt-4o-mini', '%E0%A4%A'])('takes no provider for what it is not: %s', async (provider) => {
		const { post, calls } = app();
		const response = await post(`/v1/providers/${provider}/chat/completions`, { model: 'gpt-5-pro' });
		expect(response.status).toBe(404);
		expect(calls).toHaveLength(0);
	});

	it('always asks for the whole answer, never whether it has changed', async () => {
		const { request, calls } = app();
		const headers = { authorization: 'Bearer sy_key', 'if-none-match': '"e1"' };
		await request('/v1/providers/openai/models', { headers });
		expect(calls[0]?.headers).not.toHaveProperty('if-none-match');
	});
});
