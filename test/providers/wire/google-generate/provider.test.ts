import { describe, expect, it } from 'vitest';
import { catalog } from '../../../../src/catalog';
import { google } from '../../../../src/providers/google';

describe('the models that google uses where none is named', () => {
	it('are in the catalog, with a price', () => {
		const chat = catalog().facts('google', google.defaultModel);
		expect(chat).toMatchObject({ known: true, kind: 'chat', tools: true, structuredOutput: true });
		expect(chat.prices).not.toBeNull();
		const embedding = catalog().facts('google', google.embeddings?.defaultModel ?? '');
		expect(embedding).toMatchObject({ known: true, kind: 'embedding', dimensions: 3_072 });
		expect(embedding.prices).not.toBeNull();
	});
});
