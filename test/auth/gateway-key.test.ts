import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseGatewayKey } from '../../src/auth/gateway-key';

const ids = fc.stringMatching(/^[a-z0-9]{1,64}$/);
const secrets = fc.stringMatching(/^[!-~]{1,80}$/);

describe('a gateway key', () => {
	it('reads back what was written, underscores in the secret included', () => {
		fc.assert(
			fc.property(ids, secrets, (id, secret) => {
				expect(parseGatewayKey(`sy_${id}_${secret}`)).toEqual({ id, secret });
			}),
		);
		expect(parseGatewayKey('sy_abc_de_f_g')).toEqual({ id: 'abc', secret: 'de_f_g' });
	});

	it.each([
		'',
		'sy_',
		'sy_abc',
		'sy_abc_',
		'sy__secret',
		'sy_ABC_secret',
		'sk_abc_secret',
		' sy_abc_secret',
		'sy_abc_secret\n',
		'sy_abc_sec ret',
		`sy_${'a'.repeat(65)}_secret`,
		`sy_abc_${'s'.repeat(257)}`,
	])('is not %j', (text) => {
		expect(parseGatewayKey(text)).toBeNull();
	});
});
