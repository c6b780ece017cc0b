import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import { mountDoors } from '../../src/doors';
import type { HttpEnv } from '../../src/http/context';
import { appRouter } from '../../src/routers';
import { procedureKinds, procedures } from '../support/access-procedures';
import { routes } from '../support/access-routes';

/** Middleware is mounted on everything. */
const MIDDLEWARE = 'ALL /*';

function mounted(): readonly string[] {
	const app = new Hono<HttpEnv>();
	mountDoors(app);
	const all = app.routes.map(({ method, path }) => `${method} ${path}`);
	return [...new Set(all.filter((route) => route !== MIDDLEWARE))].sort();
}

/** tRPC's types keep it to themselves. */
const kindOf = (procedure: unknown): string => (procedure as { readonly _def: { readonly type: string } })._def.type;

const kinds = (): Readonly<Record<string, string>> =>
	Object.fromEntries(Object.entries(appRouter._def.procedures).map(([path, procedure]) => [path, kindOf(procedure)]));

describe('the table of who may call what', () => {
	it('has every route that is mounted, and no other', () => {
		expect(Object.keys(routes).sort()).toEqual(mounted());
	});

	it('has every procedure of the typed API as the kind it is, and no other', () => {
		expect(procedureKinds).toEqual(kinds());
	});

	it('has a plain way of calling each', () => {
		for (const [name, entry] of Object.entries({ ...routes, ...procedures }))
			expect([name, Object.keys(entry)[0]]).toEqual([name, '']);
	});

	it('leaves nothing open that is not known to be', () => {
		const open = Object.entries({ ...routes, ...procedures })
			.filter(([, entry]) => Object.values(entry).some(({ access }) => access === 'open'))
			.map(([name]) => name);
		expect(open).toEqual([
			'GET /healthz',
			'GET /readyz',
			'GET /docs',
			'GET /api/v1/openapi.json',
			'ALL /api/v1/openapi.json',
		]);
	});
});
