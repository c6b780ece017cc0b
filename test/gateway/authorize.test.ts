import { describe, expect, it } from 'vitest';
import { authorized } from '../../src/gateway/authorize';
import type { ProviderConfig } from '../../src/providers/config';
import type { Provider } from '../../src/providers/provider';

const TIME = { now: () => Date.UTC(2026, 10, 1) };
const REQUEST = {
	method: 'POST',
	url: 'https://api.test/chat',
	headers: { accept: 'application/json' },
	body: '{}',
} as const;

const headersOf = (
	provider: Pick<Provider, 'auth' | 'headers' | 'routing'>,
	apiKey: string | null,
	config: ProviderConfig = {},
	baseUrl = 'https://api.test',
) => authorized(REQUEST, { provider, credential: { apiKey, config, baseUrl } }, TIME);

describe('the headers of an upstream call', () => {
	it('carry the key as a bearer, or in the header the provider names', async () => {
		expect(await headersOf({ auth: { kind: 'bearer' } }, 'k')).toEqual({
			accept: 'application/json',
			authorization: 'Bearer k',
		});
		expect(await headersOf({ auth: { kind: 'header', name: 'x-api-key' } }, 'k')).toEqual({
			accept: 'application/json',
			'x-api-key': 'k',
		});
	});

	it('carry none where there is none, or the provider takes none', async () => {
		expect(await headersOf({ auth: { kind: 'optional' } }, null)).toEqual({ accept: 'application/json' });
		expect(await headersOf({ auth: { kind: 'none' } }, 'k')).toEqual({ accept: 'application/json' });
	});

	it('carry an Entra token as a bearer, where the configuration says that the key is one', async () => {
		const azure = { auth: { kind: 'header', name: 'api-key', entra: true } } as const;
		expect(await headersOf(azure, 'k')).toMatchObject({ 'api-key': 'k' });
		const entra = await headersOf(azure, 'token', { auth: 'entra' });
		expect(entra).toMatchObject({ authorization: 'Bearer token' });
		expect(entra['api-key']).toBeUndefined();
	});

	it("hold the provider's own, and those of the configuration", async () => {
		const provider = {
			auth: { kind: 'bearer' },
			headers: { 'x-version': '1' },
			routing: { headers: ({ project }: ProviderConfig) => (project ? { 'openai-project': project } : {}) },
		} as const;
		expect(await headersOf(provider, 'k', { project: 'p' })).toMatchObject({ 'x-version': '1', 'openai-project': 'p' });
	});

	describe('at AWS', () => {
		const aws = { auth: { kind: 'aws', service: 'bedrock' } } as const;

		it.each([
			[{ region: 'eu-central-1' }, 'https://proxy.test', 'eu-central-1'],
			[{}, 'https://bedrock-runtime.ap-southeast-2.amazonaws.com', 'ap-southeast-2'],
			[{}, 'https://proxy.test', 'us-east-1'],
		])('are signed for the region of %j at %s', async (config, baseUrl, region) => {
			const { authorization } = await headersOf(aws, 'AKID:secret', config, baseUrl);
			expect(authorization).toMatch(
				new RegExp(`^AWS4-HMAC-SHA256 Credential=AKID/20261101/${region}/bedrock/aws4_request`),
			);
		});

		it('carry the token of a session, and never the secret', async () => {
			const headers = await headersOf(aws, 'AKID:secret:session', { region: 'us-east-1' });
			expect(headers['x-amz-security-token']).toBe('session');
			expect(JSON.stringify(headers)).not.toContain('secret"');
			expect(Object.values(headers).some((value) => value.includes('secret'))).toBe(false);
		});

		it('carry a bearer key as it is', async () => {
			expect(await headersOf(aws, 'bedrock-api-key-x', { region: 'us-east-1' })).toEqual({
				accept: 'application/json',
				authorization: 'Bearer bedrock-api-key-x',
			});
		});
	});
});
