import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { completeSecrets, gatewayKeyParts, newGatewayKey } from '../../scripts/secrets.mjs';

let folder: string;
let path: string;

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'switchyard-secrets-'));
	path = join(folder, 'dev.vars');
});

afterEach(() => rmSync(folder, { recursive: true }));

describe('.dev.vars', () => {
	it('is made with four fresh secrets that nobody else can read', () => {
		const made = completeSecrets(path, {});
		expect(Object.keys(made).sort()).toEqual(['ADMIN_API_KEY', 'DEV_GATEWAY_KEY', 'JWT_SECRET', 'LLM_ENCRYPTION_KEY']);
		expect(Buffer.from(made.LLM_ENCRYPTION_KEY ?? '', 'base64')).toHaveLength(32);
		expect(gatewayKeyParts(made.DEV_GATEWAY_KEY ?? '')).not.toBeNull();
		expect(made.ADMIN_API_KEY).toMatch(/^[A-Za-z0-9]{43}$/);
		expect(statSync(path).mode & 0o777).toBe(0o600);
		rmSync(path);
		expect(completeSecrets(path, {}).ADMIN_API_KEY).not.toBe(made.ADMIN_API_KEY);
	});

	it('keeps what is there, comments and a missing last line end included', () => {
		writeFileSync(path, '# mine\nADMIN_API_KEY="own"\nOPENAI_API_KEY=sk-own');
		const completed = completeSecrets(path, {});
		expect(readFileSync(path, 'utf8')).toMatch(/^# mine\nADMIN_API_KEY="own"\nOPENAI_API_KEY=sk-own\nJWT_SECRET=/);
		expect(completed).toMatchObject({ ADMIN_API_KEY: 'own', OPENAI_API_KEY: 'sk-own' });
	});

	it('is the same after a second start', () => {
		completeSecrets(path, {});
		const before = readFileSync(path, 'utf8');
		completeSecrets(path, {});
		expect(readFileSync(path, 'utf8')).toBe(before);
	});

	it('fills a name that was left blank', () => {
		writeFileSync(path, 'ADMIN_API_KEY=\n');
		expect(completeSecrets(path, {}).ADMIN_API_KEY).toMatch(/^\w{43}$/);
	});

	it('gets no JWT secret beside a JWKS URL, wherever that is set', () => {
		expect(completeSecrets(path, { JWT_JWKS_URL: 'https://id.example/jwks' })).not.toHaveProperty('JWT_SECRET');
		rmSync(path);
		writeFileSync(path, 'JWT_JWKS_URL=https://id.example/jwks\n');
		expect(completeSecrets(path, {})).not.toHaveProperty('JWT_SECRET');
	});

	it('gets nothing that the environment already gives', () => {
		const given = { ADMIN_API_KEY: 'a', JWT_SECRET: 'b', LLM_ENCRYPTION_KEY: 'c', DEV_GATEWAY_KEY: 'd' };
		expect(completeSecrets(path, given)).toEqual({});
	});
});

describe('a gateway key', () => {
	it('has an id of lower-case letters and digits and a secret of 43 letters and digits', () => {
		for (let times = 0; times < 100; times += 1) {
			const parts = gatewayKeyParts(newGatewayKey());
			expect(parts?.id).toMatch(/^[a-z0-9]{16}$/);
			expect(parts?.secret).toMatch(/^[A-Za-z0-9]{43}$/);
		}
	});

	it.each(['', 'sk-abc', 'sy_short_secret', `sy_UPPERCASE0001_${'x'.repeat(43)}`, `sy_abcdefghijkl_${'x'.repeat(31)}`])(
		'is not %j',
		(text) => {
			expect(gatewayKeyParts(text)).toBeNull();
		},
	);
});
