import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type * as z from 'zod';
import { OPERATIONS } from '../../../src/doors/rest/described';
import { renderedDescription } from '../../../src/doors/rest/described/render';
import { describe as describeRoutes, documentAt } from '../../../src/doors/rest/openapi/document';
import { page } from '../../../src/doors/rest/page/page';
import { ROUTES } from '../../../src/doors/rest/route';
import { type DoorOptions, doorApp } from '../../support/door-app';

const PATHS = ['/docs', '/api/v1/openapi.json'];

const description = describeRoutes(OPERATIONS);

/** Whatever a host may hold that means something to HTML, JSON, a shell or a replacement. */
const hosts = fc.string({ unit: fc.constantFrom('"', "'", '&', '$', '`', '{', '}', ';', 'a'), minLength: 1 });

describe('what was made before its address was known', () => {
	const made = renderedDescription();
	const door = doorApp({ asset: async () => Response.json(await made) });
	const askedAt = async (origin: string, path: string) => (await door.fetch(origin + path)).text();

	it('says what it would have said there', async () => {
		await fc.assert(
			fc.asyncProperty(hosts, async (host) => {
				const { origin } = new URL(`https://${host}.example:8443`);
				const document = documentAt(description, origin);
				expect(await askedAt(origin, '/api/v1/openapi.json')).toBe(JSON.stringify(document));
				expect(await askedAt(origin, '/docs')).toBe(page(document));
			}),
			{ numRuns: 30 },
		);
	});

	it.each(PATHS)('is answered to HEAD at %s with the same headers and no body', async (path) => {
		const { headers } = await door.request(path, { key: false });
		const response = await door.request(path, { key: false, method: 'HEAD' });
		expect(response.status).toBe(200);
		expect(await response.text()).toBe('');
		const told = (all: Headers) => [...all].filter(([name]) => name !== 'x-request-id');
		expect(told(response.headers)).toEqual(told(headers));
	});

	it.each<[string, NonNullable<DoorOptions['asset']>]>([
		[
			"is the console's page",
			async () => new Response('<!doctype html>', { headers: { 'content-type': 'text/html' } }),
		],
		['is not there', async () => new Response(null, { status: 404 })],
		['is of another version', async () => Response.json({ document: '{}' })],
		["can't be read", () => Promise.reject(new TypeError('no assets'))],
	])('is an error that says what to do, and a line in the log, where the file %s', async (_how, asset) => {
		for (const path of PATHS) {
			const broken = doorApp({ asset });
			const response = await broken.request(path, { key: false });
			expect(response.status).toBe(500);
			expect(response.headers.get('content-type')).toBe('application/problem+json');
			expect(await response.json()).toMatchObject({
				code: 'internal',
				detail: expect.stringContaining('npm run build'),
			});
			expect(broken.logs).toEqual([{ event: 'request-failed', fields: expect.objectContaining({ path }) }]);
		}
	});
});

describe('a route and what is told of it', () => {
	const fieldsOf = (schema: z.ZodType | undefined): readonly string[] =>
		Object.keys((schema as z.ZodObject | undefined)?.shape ?? {});

	it.each(ROUTES.map((route) => [`${route.method} ${route.path}`, route] as const))(
		'take the same at %s',
		(_at, { method, path, query, body, optional }) => {
			const told = OPERATIONS.filter((operation) => operation.method === method && operation.path === path);
			expect(told).toHaveLength(1);
			expect(fieldsOf(told[0]?.query)).toEqual(fieldsOf(query));
			expect(fieldsOf(told[0]?.body?.schema)).toEqual(fieldsOf(body));
			expect(told[0]?.body?.optional).toBe(optional);
		},
	);
});
