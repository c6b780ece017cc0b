import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { expect, it } from 'vitest';
import { app } from '../../../src/app';
import type { Bindings } from '../../../src/env';
import { document } from '../../support/described';

async function asked(path: string): Promise<Response> {
	const context = createExecutionContext();
	const request = new Request(`http://gateway.test${path}`);
	const response = await app().fetch(request, env as unknown as Bindings, context);
	await waitOnExecutionContext(context);
	return response;
}

it('is among the static files as these sources describe it', async () => {
	const response = await asked('/api/v1/openapi.json');
	expect(response.headers.get('content-type')).toBe('application/json');
	expect(await response.json()).toEqual(JSON.parse(JSON.stringify(document)));
	const page = await asked('/docs');
	expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
	expect(await page.text()).toContain('<p>Server: <code>http://gateway.test</code>.');
});
