/** The REST interface, `GET /v1/key`, and what describes them: `/api/v1/openapi.json` and `/docs`. */
import type { Hono } from 'hono';
import * as z from 'zod';
import type { HttpContext, HttpEnv } from '../../http/context';
import { keyOperations } from '../key/operation';
import { healthOperations } from './described/health';
import { inferenceOperations } from './described/inference';
import { modelOperations } from './described/models';
import { sessionOperations } from './described/session';
import { describe, documentAt } from './openapi/document';
import type { Description, OpenApiDocument } from './openapi/types';
import { type Operation, operation } from './operation';
import { pageResponse } from './page/response';
import { providerOperations } from './provider-operations';
import { refuseOtherMethods, serve } from './serve';

const describing: Operation = operation({
	id: 'getOpenApiDocument',
	method: 'get',
	path: '/api/v1/openapi.json',
	tag: 'Description',
	summary: 'This document',
	access: 'none',
	answers: {
		200: {
			description: 'An OpenAPI 3.1 document.',
			body: { name: 'OpenApiDocument', schema: z.looseObject({ openapi: z.string() }) },
		},
	},
	errors: { shape: 'problem', statuses: [400] },
	// Public and without a secret: tools on other origins may read it.
	handle: async (c) =>
		Response.json(openApiDocument(c), {
			headers: { 'cache-control': 'no-cache', 'access-control-allow-origin': '*' },
		}),
});

/** Every route that is described, whoever answers it. */
export const OPERATIONS: readonly Operation[] = [
	...providerOperations,
	...keyOperations,
	...sessionOperations,
	...inferenceOperations,
	...modelOperations,
	...healthOperations,
	describing,
];

/** Made when it is first asked for. */
let description: Description | null = null;

function openApiDocument(c: HttpContext): OpenApiDocument {
	description ??= describe(OPERATIONS);
	return documentAt(description, new URL(c.req.url).origin);
}

/** Mounted after the doors whose routes it describes: a method none of them has is answered 405 here. */
export function rest(app: Hono<HttpEnv>): void {
	serve(app, OPERATIONS);
	app.get('/docs', (c) => pageResponse(openApiDocument(c)));
	refuseOtherMethods(
		app,
		OPERATIONS.filter(({ path }) => path.startsWith('/api/v1/')),
	);
}
