import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scrub } from '../../../src/providers/wire/scrub';

describe('scrubbing of upstream messages', () => {
	it.each([
		['Incorrect API key provided: sk-proj-abcDEF123456.', 'sk-proj-abcDEF123456'],
		['Incorrect API key provided: sk-or-v1-****cdef', '****cdef'],
		['invalid gsk_a1B2c3D4e5F6', 'gsk_a1B2c3D4e5F6'],
		['header "Authorization: Bearer abc.def-ghi" refused', 'abc.def-ghi'],
		['API key=AIzaSyD-1234567890abcdef', 'AIzaSyD-1234567890abcdef'],
		['token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.sig', 'eyJzdWIiOiIxIn0'],
		['id AKIAIOSFODNN7EXAMPLE', 'AKIAIOSFODNN7EXAMPLE'],
		['in organization org-AbCdEf1234567890 on requests', 'org-AbCdEf1234567890'],
		['gateway key sy_k1_secretsecret', 'secretsecret'],
	])('removes the secret of %j', (message, secret) => {
		const text = scrub(message);
		expect(text).not.toContain(secret);
		expect(text).toContain('[redacted]');
	});

	it.each([
		"Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
		"This model's maximum context length is 200000 tokens. However, you requested about 2500021 tokens.",
		'The model `gpt-4.1-nano-wrong` does not exist or you do not have access to it.',
		"Invalid 'messages[0].tool_calls[0].id': string too long.",
	])('leaves %j as it is', (message) => {
		expect(scrub(message)).toBe(message);
	});

	it('makes one line of at most 500 characters of anything', () => {
		expect(scrub('a\r\n\tb\u0000\u2028c  d')).toBe('a b c d');
		fc.assert(
			fc.property(fc.string({ maxLength: 3000, unit: 'binary' }), (message) => {
				const text = scrub(message);
				expect(text.length).toBeLessThanOrEqual(500);
				expect(text).not.toMatch(/[\r\n\u2028\u2029]/);
			}),
		);
	});

	it('takes no longer for a message made to be slow', () => {
		const started = performance.now();
		for (const piece of ['Bearer ', 'sk-', 'key=', 'eyJ', 'token: ']) scrub(piece.repeat(200_000));
		expect(performance.now() - started).toBeLessThan(500);
	});
});
