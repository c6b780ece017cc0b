import { describe, expect, it } from 'vitest';
import { openaiResponses } from '../../../../src/providers/wire/openai-responses';

describe('arguments in very many pieces', () => {
	it('cost the same per piece however long they have become', () => {
		const decoder = openaiResponses.decoder({});
		const push = (type: string, more: object) =>
			decoder.push({ event: '', data: JSON.stringify({ type: `response.${type}`, output_index: 0, ...more }) });
		push('output_item.added', { item: { type: 'function_call', call_id: 'c', name: 'f', arguments: '' } });
		let length = 0;
		const started = performance.now();
		for (let piece = 0; piece < 200_000; piece++) {
			for (const event of push('function_call_arguments.delta', { delta: 'abcdefgh' })) {
				if (event.type === 'tool-call-delta') length += event.arguments.length;
			}
		}
		expect(length).toBe(1_600_000);
		expect(performance.now() - started).toBeLessThan(4_000);
	}, 60_000);
});
