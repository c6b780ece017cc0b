import { describe, expect, it } from 'vitest';
import { awsHeaders } from '../../src/gateway/aws-signature';
import { awsEventsFramer } from '../../src/providers/framing/aws-events';
import { awsEvent } from '../support/aws-event-bytes';

describe('inside workerd', () => {
	it('AWS’s events are read', () => {
		expect(awsEventsFramer().push(awsEvent('messageStop', { stopReason: 'end_turn' }))).toEqual([
			{ event: 'messageStop', data: '{"stopReason":"end_turn"}' },
		]);
	});

	it('a request is signed as it is anywhere else', async () => {
		const headers = await awsHeaders({
			method: 'POST',
			url: 'https://bedrock-runtime.us-east-1.amazonaws.com/model/amazon.nova-lite-v1%3A0/converse',
			headers: {},
			body: '{}',
			key: 'AKIDEXAMPLE:wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
			region: 'us-east-1',
			service: 'bedrock',
			now: Date.UTC(2015, 7, 30, 12, 36, 0),
		});
		// Computed apart, by the four steps of AWS's documentation.
		expect(headers.authorization).toContain(
			'Signature=9588825a2c9ffffe7db0f8adcd310382c8555eae166ab6792e87043492d63707',
		);
	});
});
