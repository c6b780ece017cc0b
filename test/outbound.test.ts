import { afterEach, describe, expect, it, vi } from 'vitest';
import type { OutboundRequest } from '../src/gateway/ports';
import { HOP_HEADER, outbound } from '../src/outbound';

afterEach(() => {
	vi.unstubAllGlobals();
});

const request = (url: string, trust: OutboundRequest['trust'] = 'tenant'): OutboundRequest => ({
	provider: 'custom',
	url,
	method: 'POST',
	headers: { authorization: 'Bearer key' },
	body: '{}',
	signal: new AbortController().signal,
	trust,
});

const options = { allowPrivate: false, ownHost: 'switchyard.example', hops: 0 };

describe("a tenant's address", () => {
	it('is checked again when it is used, before anything is sent', async () => {
		const fetched = vi.fn();
		vi.stubGlobal('fetch', fetched);
		await expect(outbound(options)(request('https://10.0.0.1/v1'))).rejects.toMatchObject({
			code: 'invalid_request',
			param: 'baseUrl',
		});
		expect(fetched).not.toHaveBeenCalled();
	});

	it('may be private where the operator allows it', async () => {
		vi.stubGlobal('fetch', async () => new Response('ok'));
		const send = outbound({ ...options, allowPrivate: true });
		expect((await send(request('http://10.0.0.1/v1'))).status).toBe(200);
	});

	it.each(['http://switchyard.example/v1', 'http://user:secret@10.0.0.1/v1', 'file:///etc/passwd'])(
		'is not called at %s even then',
		async (url) => {
			const fetched = vi.fn();
			vi.stubGlobal('fetch', fetched);
			const call = outbound({ ...options, allowPrivate: true })(request(url));
			await expect(call).rejects.toMatchObject({ code: 'invalid_request', param: 'baseUrl' });
			expect(fetched).not.toHaveBeenCalled();
		},
	);

	it("is no matter for the operator's own", async () => {
		vi.stubGlobal('fetch', async () => new Response('ok'));
		expect((await outbound(options)(request('http://10.0.0.1/v1', 'operator'))).status).toBe(200);
	});
});

describe('sending', () => {
	it('never follows a redirect, since a key would follow it', async () => {
		const fetched = vi.fn(async (_url: string, _init: RequestInit) => new Response('ok'));
		vi.stubGlobal('fetch', fetched);
		await outbound(options)(request('http://127.0.0.1:9/v1', 'operator'));
		expect(fetched.mock.calls[0]?.[1]).toMatchObject({ redirect: 'manual', method: 'POST' });
	});

	it('counts the gateways a request has passed', async () => {
		const fetched = vi.fn(async (_url: string, _init: RequestInit) => new Response('ok'));
		vi.stubGlobal('fetch', fetched);
		await outbound({ ...options, hops: 2 })(request('https://api.example.com/v1'));
		expect(fetched.mock.calls[0]?.[1].headers).toMatchObject({ [HOP_HEADER]: '3' });
	});

	it('stops a request that goes in circles', async () => {
		const call = outbound({ ...options, hops: 4 })(request('https://api.example.com/v1', 'operator'));
		await expect(call).rejects.toMatchObject({ code: 'invalid_request', param: 'baseUrl' });
	});

	it.each([-1, -1e9, Number.NEGATIVE_INFINITY])(
		'takes no credit of a caller who says it has passed %d gateways: the circle would never end',
		async (hops) => {
			const fetched = vi.fn(async (_url: string, _init: RequestInit) => new Response('ok'));
			vi.stubGlobal('fetch', fetched);
			await outbound({ ...options, hops })(request('https://api.example.com/v1'));
			expect(fetched.mock.calls[0]?.[1].headers).toMatchObject({ [HOP_HEADER]: '1' });
		},
	);

	it('tells a broken connection as a failure of the network, without its details', async () => {
		vi.stubGlobal('fetch', async () => {
			throw new TypeError('connect ECONNREFUSED 10.1.2.3:443');
		});
		const error = await outbound(options)(request('https://api.example.com/v1')).catch((thrown: unknown) => thrown);
		expect(error).toMatchObject({ code: 'upstream_unavailable', upstream: { failure: 'network' } });
		expect(String(error)).not.toContain('10.1.2.3');
	});

	it('ends with the reason it was aborted for', async () => {
		const controller = new AbortController();
		const why = new Error('time is up');
		vi.stubGlobal('fetch', async () => {
			controller.abort(why);
			throw new TypeError('aborted');
		});
		const call = outbound(options)({ ...request('https://api.example.com/v1'), signal: controller.signal });
		await expect(call).rejects.toBe(why);
	});
});
