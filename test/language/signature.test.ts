import { describe, expect, it } from 'vitest';
import { opaqueOf, originOf, signed } from '../../src/language/signature';

const ORIGINS = ['anthropic', 'openai', 'google', 'openrouter', 'bedrock'] as const;
const opaque = (origin: (typeof ORIGINS)[number]): string =>
	origin === 'openrouter' ? '{"type":"reasoning.text"}' : 'EqQBCkYIBxgCKkB==';

describe('a reasoning signature', () => {
	it.each(ORIGINS)('of %s tells whose it is and comes back as it was', (origin) => {
		const signature = signed(origin, opaque(origin));
		expect(originOf(signature)).toBe(origin);
		expect(opaqueOf(origin, signature)).toBe(opaque(origin));
	});

	it.each(ORIGINS)('of %s is given to nobody else', (origin) => {
		const signature = signed(origin, opaque(origin));
		for (const other of ORIGINS.filter((one) => one !== origin)) expect(opaqueOf(other, signature)).toBeNull();
	});

	it("is Anthropic's where it says nothing: such came from Anthropic itself", () => {
		expect(signed('anthropic', 'EqQB==')).toBe('EqQB==');
		expect(originOf('EqQB==')).toBe('anthropic');
	});
});
