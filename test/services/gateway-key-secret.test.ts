import { describe, expect, it } from 'vitest';
import { sha256Hex } from '../../src/auth/digest';
import { newKey } from '../../src/services/gateway-key-secret';

const crypted = (length: number) => crypto.getRandomValues(new Uint8Array(length));

describe('a new gateway key', () => {
	it('is sy_<id>_<secret>, with the hash of the secret alone', async () => {
		const made = await newKey(crypted);
		const [prefix, id, secret = '', ...rest] = made.key.split('_');
		expect([prefix, id, rest]).toEqual(['sy', made.id, []]);
		expect(made.id).toMatch(/^[a-z0-9]{12,}$/);
		expect(secret).toMatch(/^[A-Za-z0-9]{32,}$/);
		expect(made.last4).toBe(secret.slice(-4));
		expect(made.secretHash).toBe(await sha256Hex(secret));
	});

	it('takes no byte that would make some characters likelier than others', async () => {
		const asked: number[] = [];
		const made = await newKey((length) => {
			asked.push(length);
			return new Uint8Array(length).fill(asked.length % 2 === 1 ? 255 : 0);
		});
		expect(made.key).toMatch(/^sy_0+_A+$/);
		expect(asked.length).toBe(4);
	});
});
