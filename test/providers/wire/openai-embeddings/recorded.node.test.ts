import { describe, expect, it } from 'vitest';
import type { EmbedWire } from '../../../../src/providers/provider';
import { openaiEmbeddings } from '../../../../src/providers/wire/openai-embeddings';
import { workersAiEmbeddings } from '../../../../src/providers/wire/workers-ai-embeddings';
import { bodyOf, EMBEDDINGS, isThere } from '../../../support/node/chat-recordings';

const wireOf = (name: string): EmbedWire => (name.startsWith('workers-ai/') ? workersAiEmbeddings : openaiEmbeddings);

if (isThere) {
	describe('recorded embeddings', () => {
		it.each(Object.entries(EMBEDDINGS))('%s has its vectors', (name, [inputs, dimensions]) => {
			const wire = wireOf(name);
			const { embeddings, usage } = wire.fromResponse(bodyOf(name), inputs, { reportsCost: true });
			expect(embeddings.map((one) => one.length)).toEqual(new Array(inputs).fill(dimensions));
			if (wire === openaiEmbeddings) expect(usage?.input).toBeGreaterThan(0);
			else expect(usage).toBeNull();
			for (const vector of embeddings) {
				const norm = Math.hypot(...vector);
				expect(norm).toBeGreaterThan(0.3);
				expect(norm).toBeLessThan(100);
			}
		});
	});
} else {
	describe.skip('recorded embeddings', () => it('need the shared fixtures', () => undefined));
}
