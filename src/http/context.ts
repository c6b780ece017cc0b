/** What `compose.ts` puts into each Hono request, and middleware and doors take from it. */
import type { Context, MiddlewareHandler } from 'hono';
import type { Principal } from '../auth/principal';
import type { Session } from '../auth/session';
import type { Bindings, Settings } from '../env';
import type { Gateway } from '../gateway/call';
import type { LogLevel, Time } from '../gateway/ports';
import type { ServiceContext } from '../services/context';

/** The services of one request, built by the composition root. */
export interface Composition {
	readonly settings: Settings;
	readonly time: Time;
	readonly newId: () => string;
	/**
	 * From `authorization` (or `x-api-key`) and `x-switchyard-organization`. `fresh`: from D1, whatever the path.
	 * Throws 401, 403, 400.
	 */
	authenticate(headers: Headers, options?: { readonly fresh?: boolean }): Promise<Principal>;
	/** The caller as D1 had it when the configuration was last read anew in this request; null: it was not. */
	readonly renewed: Principal | null;
	/** Console sessions as cookie values. */
	readonly sessions: Sessions;
	/** The path, bound to this caller and this request's `waitUntil`. */
	gateway(principal: Principal): Gateway;
	/** `requestId`: of this HTTP request, for the audit. */
	services(principal: Principal, requestId: string): ServiceContext;
	/** D1, KV and both Durable Objects, each asked for real. */
	ready(): Promise<Readonly<Record<'d1' | 'kv' | 'ledger' | 'health', 'ok' | 'failed'>>>;
	/** A static file by its path, e.g. `/description.json`; any other path is answered with the console's page. */
	asset(path: string): Promise<Response>;
	readonly log: (level: LogLevel, event: string, fields: Readonly<Record<string, unknown>>) => void;
}

export interface Sessions {
	/** Throws `internal` where `LLM_ENCRYPTION_KEY` is not set, `invalid_request` where it is too large for a cookie. */
	seal(session: Session): Promise<string>;
	/** null: not one of ours, altered, or too old. */
	open(sealed: string): Promise<Session | null>;
}

export interface HttpVariables {
	composition: Composition;
	/** Ours; attempts in the ledger derive from it. */
	requestId: string;
	/** Inbound `x-request-id`, echoed and stored; null where there was none or it was unusable. */
	clientRequestId: string | null;
	/** ms since epoch */
	receivedAt: number;
	/** Set by the auth middleware. */
	principal: Principal;
	/** What the request's cookie holds, where that is its credential. */
	session?: Session;
}

export interface HttpEnv {
	Bindings: Bindings;
	Variables: HttpVariables;
}

export type HttpContext = Context<HttpEnv>;
export type Middleware = MiddlewareHandler<HttpEnv>;
