import { describe, expect, it } from 'vitest';
import { ollamaChat } from '../../../../src/providers/wire/ollama-chat';

const failed = (status: number, error: unknown) =>
	ollamaChat.fromError(status, new Headers(), JSON.stringify({ error }));

/** llama-server's own error, which newer servers hand on as a string. */
const runner = (fields: object): string => JSON.stringify({ error: { code: 400, ...fields } });

describe('errors of Ollama', () => {
	it.each([
		[404, "model 'nope' not found", 'model_not_found', 'model-missing', 'model'],
		[400, 'model "nope" not found, try pulling it first', 'model_not_found', 'model-missing', 'model'],
		[401, 'unauthorized', 'upstream_rejected', 'key-dead', 'key'],
		[402, 'payment required', 'upstream_rejected', 'quota', 'key'],
		[403, 'this model requires a subscription, upgrade for access', 'upstream_rejected', 'quota', 'key'],
		[429, "you've reached your weekly usage limit, upgrade to continue", 'rate_limited', 'quota', 'key'],
		[429, 'too many requests', 'rate_limited', 'rate-limited', 'key'],
		[
			500,
			'model requires more system memory (9.1 GiB) than is available (4 GiB)',
			'upstream_unavailable',
			'server',
			'model',
		],
		[500, 'llama runner process has terminated', 'upstream_unavailable', 'server', 'provider'],
		[
			500,
			'server busy, please try again. maximum pending requests exceeded',
			'upstream_unavailable',
			'overloaded',
			'provider',
		],
		[
			503,
			'server busy, please try again. maximum pending requests exceeded',
			'upstream_unavailable',
			'overloaded',
			'provider',
		],
		[400, 'invalid options: temperatur', 'invalid_request', 'bad-request', 'request'],
	] as const)('%i %s is %s', (status, message, code, failure, scope) => {
		expect(failed(status, message)).toMatchObject({ code, upstream: { failure, scope, status } });
	});

	it('name the field that a model does not take', () => {
		expect(failed(400, '"llama3.2" does not support thinking')).toMatchObject({ param: 'reasoning' });
		expect(failed(400, 'think value "max" is not supported for this model')).toMatchObject({ param: 'reasoning' });
		expect(failed(400, 'registry.ollama.ai/library/x does not support tools')).toMatchObject({ param: 'tools' });
	});

	it.each([
		[400, 'the input length exceeds the context length', undefined],
		[500, 'the input length exceeds the context length', undefined],
		[400, 'prompt too long; exceeded max context length by 93 tokens', undefined],
		[
			400,
			runner({
				type: 'exceed_context_size_error',
				message: 'request (2622 tokens) is long',
				n_prompt_tokens: 2622,
				n_ctx: 512,
			}),
			512,
		],
		[
			400,
			runner({ message: 'request (2622 tokens) exceeds the available context size (512 tokens), try increasing it' }),
			512,
		],
	])('%i %s is about the length, with the limit where one is named', (status, message, limit) => {
		const error = failed(status, message);
		expect(error).toMatchObject({
			code: 'context_too_long',
			upstream: { failure: 'context-too-long', scope: 'request' },
		});
		expect(error.upstream?.contextLimit).toBe(limit);
		expect(error.upstream?.promptTokens).toBe(limit === undefined ? undefined : 2_622);
	});

	it('show what the runner said, not the JSON around it', () => {
		const message = 'Multimodal data provided, but model does not support multimodal requests.';
		const error = failed(400, runner({ type: 'invalid_request_error', message }));
		expect(error).toMatchObject({ code: 'invalid_request', message });
	});

	it('read the compatible form too', () => {
		expect(failed(400, { message: 'bad', type: 'invalid_request_error' })).toMatchObject({ message: 'bad' });
	});

	it('tell a server that is no Ollama from a model that is not there', () => {
		const error = ollamaChat.fromError(404, new Headers(), '404 page not found');
		expect(error).toMatchObject({ code: 'upstream_malformed', upstream: { failure: 'malformed', scope: 'provider' } });
		expect(ollamaChat.fromError(502, new Headers(), '<html>busy</html>').code).toBe('upstream_unavailable');
	});
});
