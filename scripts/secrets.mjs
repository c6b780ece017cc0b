/** Completes `.dev.vars` with fresh secrets for those that are missing; what is there stays as it is. */
import { randomBytes, randomInt } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseVariables } from './variables.mjs';

const LOWER = 'abcdefghijklmnopqrstuvwxyz0123456789';
const BASE62 = `${LOWER}ABCDEFGHIJKLMNOPQRSTUVWXYZ`;

const word = (alphabet, length) => Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');

/** `sy_<id>_<secret>`, as `gatewayKeys.create` makes them. */
export const newGatewayKey = () => `sy_${word(LOWER, 16)}_${word(BASE62, 43)}`;

/** The parts of a gateway key; null where it is none. */
export function gatewayKeyParts(key) {
	const match = /^sy_([a-z0-9]{12,})_([A-Za-z0-9]{32,})$/.exec(key);
	return match ? { id: match[1], secret: match[2] } : null;
}

const FRESH = {
	ADMIN_API_KEY: () => word(BASE62, 43),
	JWT_SECRET: () => randomBytes(48).toString('base64url'),
	LLM_ENCRYPTION_KEY: () => randomBytes(32).toString('base64'),
	DEV_GATEWAY_KEY: newGatewayKey,
};

/**
 * Appends what neither `path` nor `environment` has, then returns the variables of the file. A JWKS URL
 * and a JWT secret exclude each other, so the one keeps the other from being made.
 */
export function completeSecrets(path, environment) {
	const before = existsSync(path) ? readFileSync(path, 'utf8') : '';
	const present = parseVariables(before);
	const has = (name) => Boolean(environment[name] ?? present[name]);
	const missing = Object.keys(FRESH).filter((name) => !has(name) && !(name === 'JWT_SECRET' && has('JWT_JWKS_URL')));
	if (missing.length > 0) {
		const gap = before === '' || before.endsWith('\n') ? '' : '\n';
		const lines = missing.map((name) => `${name}=${FRESH[name]()}\n`).join('');
		writeFileSync(path, `${before}${gap}${lines}`, { mode: 0o600 });
	}
	if (!existsSync(path)) return {};
	chmodSync(path, 0o600);
	return parseVariables(readFileSync(path, 'utf8'));
}
