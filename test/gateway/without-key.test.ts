import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/errors';
import { withoutKey } from '../../src/gateway/without-key';

const KEY = 'Qm4rkZ8pT1"/+wXyV0bLnC7eHs5dGa2uJf';

const said = (message: string, apiKey: string | null = KEY): string =>
	withoutKey(new GatewayError('invalid_request', message), apiKey).message;

describe('an error that quotes the key of its call', () => {
	it.each([
		['whole', `Key ${KEY} is wrong`, 'Key [redacted] is wrong'],
		['twice', `${KEY}, ${KEY}`, '[redacted], [redacted]'],
		['cut off', `Key ${KEY.slice(0, 12)}…`, 'Key [redacted]…'],
		['with its beginning scrubbed', `Bearer [redacted]${KEY.slice(10)}.`, 'Bearer [redacted][redacted].'],
		['masked in the middle', `Key ${KEY.slice(0, 4)}…${KEY.slice(-4)}`, `Key ${KEY.slice(0, 4)}…${KEY.slice(-4)}`],
	])('%s loses it', (_, message, left) => {
		expect(said(message)).toBe(left);
	});

	it('loses each part of a pair', () => {
		expect(said('AKIA0123456789 and the secret abcdefghij', 'AKIA0123456789:abcdefghij:session-token')).toBe(
			'[redacted] and the secret [redacted]',
		);
	});

	it('keeps everything else, and what it had to say besides', () => {
		const error = new GatewayError('rate_limited', `Wait, ${KEY}`, {
			param: `messages.${KEY}`,
			retryAfterMs: 5,
			upstream: { failure: 'rate-limited', scope: 'key', status: 429 },
			requests: { limit: 1, remaining: 0, resetMs: 9 },
			cause: `said ${KEY}`,
		});
		expect(withoutKey(error, KEY)).toMatchObject({
			code: 'rate_limited',
			message: 'Wait, [redacted]',
			param: 'messages.[redacted]',
			retryAfterMs: 5,
			upstream: error.upstream,
			requests: error.requests,
			cause: 'said [redacted]',
		});
	});

	it('is itself where there is nothing to take out', () => {
		const error = new GatewayError('invalid_request', 'messages: must not be empty.');
		expect(withoutKey(error, KEY)).toBe(error);
		expect(withoutKey(error, null)).toBe(error);
		expect(said('the server none answers', 'none')).toBe('the server none answers');
	});
});
