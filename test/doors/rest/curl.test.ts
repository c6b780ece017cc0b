import { describe, expect, it } from 'vitest';
import type { OperationObject } from '../../../src/doors/rest/openapi/types';
import { curl } from '../../../src/doors/rest/page/curl';

const operation = (parts: Partial<OperationObject>): OperationObject => ({
	operationId: 'x',
	tags: [],
	summary: '',
	responses: {},
	security: [],
	...parts,
});

describe('an example for the shell', () => {
	it('sends the credential as its clients do', () => {
		const bearer = curl('get', '/a/{id}', operation({ security: [{ bearer: [] }] }), 'https://x.example');
		expect(bearer).toBe('curl \'https://x.example/a/<id>\' \\\n  -H "authorization: Bearer $SWITCHYARD_KEY"');
		const apiKey = operation({ security: [{ apiKey: [] }, { bearer: [] }] });
		expect(curl('delete', '/a', apiKey, 'https://x.example')).toBe(
			'curl -X DELETE \'https://x.example/a\' \\\n  -H "x-api-key: $SWITCHYARD_KEY"',
		);
	});

	it('lets a quote in the body end no argument', () => {
		const content = { 'application/json': { schema: {}, example: { text: "it's $HOME" } } };
		const line = curl('post', '/a', operation({ requestBody: { required: true, content } }), 'https://x.example');
		expect(line).toContain(`-d '{"text":"it'\\''s $HOME"}'`);
	});
});
