/** What the document tells of itself. */
import * as z from 'zod';
import { openApiRoute } from '../description';
import { describedRoute } from '../operation';

export const descriptionOperations = [
	describedRoute(openApiRoute, {
		id: 'getOpenApiDocument',
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
	}),
];
