import { expect, it } from 'vitest';
import { conflictOf } from '../../src/services/conflict';

it('a unique constraint, however deeply wrapped, is a conflict naming the field', () => {
	const d1 = new Error(
		'D1_ERROR: UNIQUE constraint failed: llm_providers.organization_id, llm_providers.base_url: SQLITE_CONSTRAINT',
	);
	const error = conflictOf(new Error('Failed query: insert …', { cause: d1 }));
	expect(error).toMatchObject({ code: 'conflict', param: 'baseUrl' });
	expect(error?.message).not.toMatch(/constraint|llm_providers|insert/);
});

it('any other failure is none', () => {
	expect(conflictOf(new Error('FOREIGN KEY constraint failed'))).toBeNull();
	expect(conflictOf('UNIQUE constraint failed: a.b')).toBeNull();
});
