import { describe, expect, it } from 'vitest';
import type { Credential } from '../../src/gateway/ports';
import { embedWires, findProvider, providerIds, wires } from '../../src/providers';
import type { ServiceContext } from '../../src/services/context';
import type { ModelPullProgress } from '../../src/services/model-pull';
import { pullModel, pullModelInput } from '../../src/services/model-pull';
import { doorApp, principal } from '../support/door-app';
import { credential, pullingServer } from '../support/pulling-server';

const registry = { provider: findProvider, ids: providerIds, wires, embedWires };
const LINES = { 'trpc-accept': 'application/jsonl', authorization: 'Bearer sy_manage' };

const line = (fields: object): string => `${JSON.stringify(fields)}\n`;
const layer = (total: number, completed: number): string =>
	line({ status: 'pulling a', digest: 'sha256:a', total, completed });

function connected(credentials?: readonly Credential[], answer?: () => Response) {
	const server = pullingServer(credentials, answer);
	const door = doorApp({ services: { registry, upstreams: server.port } });
	const pull = (input: object, headers: Record<string, string> = LINES) =>
		door.post('/trpc/providers.pullModel?batch=1', { 0: input }, headers);
	return { server, door, pull };
}

describe('tRPC providers.pullModel', () => {
	it('streams how far the server is', async () => {
		const { server, door, pull } = connected();
		server.say(line({ status: 'pulling manifest' }) + layer(200, 0));
		server.say(layer(200, 150));
		server.say(line({ status: 'success' }));
		server.close();
		const response = await pull({ model: 'llama3.2:3b' });
		expect(response.headers.get('content-type')).toBe('application/jsonl');
		const text = await response.text();
		for (const percent of ['"percent":0', '"percent":75', '"percent":100']) expect(text).toContain(percent);
		expect(JSON.parse(String(server.sent[0]?.body))).toEqual({ model: 'llama3.2:3b', stream: true });
		await door.settled();
	});

	it('sends a failure in the middle with its type', async () => {
		const { server, pull } = connected();
		server.say(line({ status: 'pulling manifest' }));
		server.say(line({ error: 'pull model manifest: file does not exist' }));
		const text = await (await pull({ model: 'nope' })).text();
		expect(text).toContain('"status":"pulling manifest"');
		expect(text).toContain('"code":"model_not_found"');
		expect(text).toContain('"code":"NOT_FOUND"');
	});

	it('takes a stream that stops without success for a failure', async () => {
		const { server, pull } = connected();
		server.say(layer(10, 9));
		server.close();
		expect(await (await pull({ model: 'm' })).text()).toContain('"code":"upstream_unavailable"');
	});

	it('ends its call when the client leaves, although the server is silent', async () => {
		const { server, door, pull } = connected();
		const reader = (await pull({ model: 'm' })).body?.getReader();
		server.say(layer(10, 1));
		let seen = '';
		while (!seen.includes('"percent":10')) seen += new TextDecoder().decode((await reader?.read())?.value);
		await reader?.cancel();
		await door.settled();
		expect(server.left()).toBe(true);
		expect(server.sent[0]?.signal.aborted).toBe(true);
	});

	it('asks nobody where its answer could not be read as a stream', async () => {
		const { server, door } = connected();
		const response = await door.post(
			'/trpc/providers.pullModel',
			{ model: 'm' },
			{ authorization: 'Bearer sy_manage' },
		);
		expect(response.status).toBe(400);
		expect(server.sent).toEqual([]);
	});

	it('is for those who manage', async () => {
		const { server, pull } = connected();
		const text = await (await pull({ model: 'm' }, { ...LINES, authorization: 'Bearer sy_key' })).text();
		expect(text).toContain('"code":"forbidden"');
		expect(server.sent).toEqual([]);
	});

	it.each<[object, string]>([
		[{}, 'model'],
		[{ model: ' ' }, 'model'],
		[{ model: 'm', insecure: true }, 'insecure'],
		[{ model: 'm', provider: 'nobody' }, 'provider'],
		[{ model: 'm', provider: 'openai' }, 'provider'],
	])('refuses %j and names %s', async (input, param) => {
		const text = await (await connected().pull(input)).text();
		expect(text).toContain('"code":"invalid_request"');
		expect(text).toContain(`"param":"${param}"`);
	});
});

describe('the server that pulls', () => {
	const first = credential({ name: 'gpu-1' });
	const second = credential({ name: 'gpu-2', baseUrl: 'https://second.example.org' });

	async function run(credentials: readonly Credential[], input: object, who = principal({ scopes: ['manage'] })) {
		const server = pullingServer(credentials);
		server.say(line({ status: 'pulling manifest' }) + layer(10, 1) + layer(10, 5) + line({ status: 'success' }));
		server.close();
		const ctx = { principal: who, registry, upstreams: server.port } as unknown as ServiceContext;
		const told: ModelPullProgress[] = [];
		for await (const progress of pullModel(ctx, pullModelInput.parse({ model: 'm', ...input }), null))
			told.push(progress);
		return { url: server.sent[0]?.url, told };
	}

	it('is the preferred one, or the one that is named', async () => {
		expect((await run([first, second], {})).url).toBe('https://llm.example.org/api/pull');
		expect((await run([first, second], { name: 'gpu-2' })).url).toBe('https://second.example.org/api/pull');
	});

	it('tells of each step once where it all came at once', async () => {
		const { told } = await run([first], {});
		expect(told.map(({ status, percent }) => [status, percent])).toEqual([
			['pulling manifest', null],
			['pulling a', 50],
			['success', 100],
		]);
	});

	it('must be there', async () => {
		await expect(run([], {})).rejects.toMatchObject({ code: 'not_found', param: 'provider' });
		await expect(run([first], { name: 'gpu-9' })).rejects.toMatchObject({ code: 'not_found', param: 'name' });
	});

	it('is filled by the operator alone where the organization did not give its address', async () => {
		const shared = credential({ rowId: null, source: 'environment', trust: 'operator' });
		await expect(run([shared], {})).rejects.toMatchObject({ code: 'forbidden' });
		for (const source of ['none', 'organization'] as const)
			await expect(run([credential({ rowId: 'row', source, trust: 'operator' })], {})).rejects.toMatchObject({
				code: 'forbidden',
			});
		const operator = principal({ kind: 'operator', scopes: ['inference', 'manage'] });
		expect((await run([shared], {}, operator)).told).toHaveLength(3);
	});

	it('is asked by nobody who may not manage', async () => {
		await expect(run([first], {}, principal())).rejects.toMatchObject({ code: 'forbidden' });
	});
});
