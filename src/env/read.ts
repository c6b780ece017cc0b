/** Single variables, each read as what it stands for. Every reader throws `internal` naming the one that is wrong. */
import { GatewayError } from '../errors';

export type Variables = Readonly<Record<string, unknown>>;

export const wrong = (name: string, what: string): GatewayError =>
	new GatewayError('internal', `Configuration error: ${name} ${what}.`);

export function text(vars: Variables, ...names: readonly string[]): string | null {
	for (const name of names) {
		const value = vars[name];
		if (typeof value === 'string' && value.trim() !== '') return value.trim();
	}
	return null;
}

export function integer(vars: Variables, name: string, least: number): number | null {
	const value = text(vars, name);
	if (value === null) return null;
	const number = Number(value);
	if (!Number.isSafeInteger(number) || number < least)
		throw wrong(name, `must be a whole number of at least ${least}, not '${value}'`);
	return number;
}

export function flag(vars: Variables, name: string): boolean {
	const value = text(vars, name);
	if (value === null || value === 'false') return false;
	if (value === 'true') return true;
	throw wrong(name, `must be true or false, not '${value}'`);
}

export const list = (value: string | null): string[] =>
	(value ?? '')
		.split(',')
		.map((item) => item.trim())
		.filter((item) => item !== '');

export function url(vars: Variables, name: string): string | null {
	const value = text(vars, name);
	if (value === null) return null;
	let protocol = '';
	try {
		protocol = new URL(value).protocol;
	} catch {
		// not a URL: reported below
	}
	if (protocol !== 'http:' && protocol !== 'https:') throw wrong(name, `must be an http(s) URL, not '${value}'`);
	return value.replace(/\/+$/, '');
}

/** A path is appended to it. */
export function root(vars: Variables, name: string): string | null {
	const value = url(vars, name);
	if (value !== null && /[?#]/.test(value)) throw wrong(name, "must be a root without '?' or '#'");
	return value;
}

export function json(vars: Variables, name: string): unknown {
	const value = text(vars, name);
	if (value === null) return null;
	try {
		return JSON.parse(value);
	} catch {
		throw wrong(name, 'must be JSON');
	}
}

/** It travels in a header. */
export function secretText(vars: Variables, name: string): string | null {
	const value = text(vars, name);
	if (value !== null && !/^[\x21-\x7e]+$/.test(value)) throw wrong(name, 'must be ASCII without spaces');
	return value;
}

export function amount(vars: Variables, name: string): number | null {
	const value = text(vars, name);
	if (value === null) return null;
	const number = Number(value);
	if (!Number.isFinite(number)) throw wrong(name, `must be a number, not '${value}'`);
	return number;
}
