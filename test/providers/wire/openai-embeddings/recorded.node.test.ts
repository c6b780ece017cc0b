import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openaiEmbeddings } from '../../../../src/providers/wire/openai-embeddings';

const FOLDER = '../shared/fixtures';

if (existsSync(FOLDER)) {
	describe('recorded embeddings', () => {
		it.each([
			['openai/embeddings-base64', 1, 1536],
			['openai/embeddings-dimensions', 1, 256],
			['openrouter/embed-batch', 3, 768],
			['azure/v1-embeddings', 3, 1024],
			['mistral/embed-batch', 3, 1024],
		])('%s has %i vectors of %i numbers', (name, inputs, dimensions) => {
			const body = readFileSync(`${FOLDER}/${name}.json`, 'utf8');
			const count = JSON.parse(body).data.length;
			expect(count).toBe(inputs);
			const { embeddings, usage } = openaiEmbeddings.fromResponse(body, inputs, { reportsCost: true });
			expect(embeddings.map((one) => one.length)).toEqual(new Array(inputs).fill(dimensions));
			expect(usage?.input).toBeGreaterThan(0);
			for (const vector of embeddings) {
				const norm = Math.hypot(...vector);
				expect(norm).toBeGreaterThan(0.5);
				expect(norm).toBeLessThan(100);
			}
		});

		it('keep their input order in a batch of several scripts', () => {
			const body = readFileSync(`${FOLDER}/openai/embeddings-mixed-batch.json`, 'utf8');
			const count = JSON.parse(body).data.length;
			expect(openaiEmbeddings.fromResponse(body, count).embeddings).toHaveLength(count);
		});
	});
} else {
	describe.skip('recorded embeddings', () => it('need the shared fixtures', () => undefined));
}
