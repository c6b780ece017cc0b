/** What a verified token says of its holder. Pure. */
import { GatewayError } from '../errors';
import type { Role } from './principal';
import { roleOfClaim } from './role';

export interface Claims {
	/** `sub` */
	readonly userId: string;
	/** Id or slug, as the token spells it. */
	readonly organization: string;
	/** null: none that is known here, so that a membership alone can let the user in. */
	readonly role: Role | null;
	/** ms since epoch: `exp`. */
	readonly expiresAt: number;
}

const MAX_SUBJECT = 256;
const CONTROL = /\p{Cc}/u;
/** What ids and slugs can be spelt with, and more: anything else names no organization. */
const REFERENCE = /^[\x21-\x7e]{1,128}$/;
/** Last moment a `Date` can hold. */
const END_OF_TIME = 8.64e15;

type Payload = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Payload =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

function subject(sub: unknown): string {
	if (typeof sub === 'string' && sub !== '' && sub.length <= MAX_SUBJECT && !CONTROL.test(sub) && sub.isWellFormed())
		return sub;
	throw new GatewayError(
		'unauthorized',
		`The token's claim 'sub' must be 1 to ${MAX_SUBJECT} characters without control characters.`,
	);
}

function organization(named: unknown): string {
	if (typeof named === 'string' && REFERENCE.test(named)) return named;
	throw new GatewayError(
		'forbidden',
		"The token names no organization: claim 'organization_id' or 'app_metadata.organization_id', an id or a slug.",
	);
}

/** `payload` has a numeric `exp`. Throws `unauthorized` (sub), `forbidden` (no organization named). */
export function claimsOf(payload: Payload): Claims {
	const metadata = isObject(payload.app_metadata) ? payload.app_metadata : {};
	return {
		userId: subject(payload.sub),
		organization: organization(payload.organization_id ?? metadata.organization_id),
		role: roleOfClaim(metadata.role ?? payload.role),
		expiresAt: Math.min(Math.floor(Number(payload.exp) * 1_000), END_OF_TIME),
	};
}
