/** How a key stands at its endpoint, as its organization may see it. Pure. */
import type { Credential } from '../gateway/ports';
import type { Allowance, EndpointStatus, KeyAtWorst, KeyRates, KeyStanding } from '../health/contract';
import type { StoredProvider } from './provider-row';

export interface KeyStatus {
	readonly name: string;
	/** null: the environment's. */
	readonly rowId: string | null;
	/**
	 * `refused`: the provider said 401, 403 or out of quota. `limited`: its 429. `near its limit`: less than a
	 * tenth is left of one. `unreadable`: it can't be opened, or its row lacks something. `unknown`: the health object did not answer.
	 */
	readonly standing: 'good' | 'refused' | 'limited' | 'near its limit' | 'unreadable' | 'unknown';
	/** Until when it is left alone (ms since epoch); null: it is not, or nobody knows. */
	readonly until: number | null;
	/** Calls and tokens of the last 60 s, over all models; null: not known, or not the caller's to see. */
	readonly requestsMinute: number | null;
	readonly tokensMinute: number | null;
	/** As configured; null: not at all. */
	readonly requestsPerMinute: number | null;
	readonly tokensPerMinute: number | null;
	/** What the provider's answers last said of its own limits, for the model of which least is left; null: nothing. */
	readonly rates: KeyRates | null;
	/** The model that is limited, or that the rates are of: most providers limit each by itself. Absent: there is none. */
	readonly model?: string;
}

/** A key at an endpoint. */
export interface KeyAtEndpoint {
	/** null: it can't be opened, or its row lacks something. */
	readonly credential: Credential | null;
	/** null: the environment's. */
	readonly row: Pick<StoredProvider, 'id' | 'name' | 'baseUrl' | 'config' | 'refusedAt'> | null;
}

/** What is left of a limit below which a key counts as near it, of the whole. */
const LEAST_LEFT = 0.1;

const figuresOf = (standing: KeyAtWorst | undefined) => ({
	requestsMinute: standing?.requestsMinute ?? 0,
	tokensMinute: standing?.tokensMinute ?? 0,
	rates: standing?.rates ?? null,
	...(standing?.modelClass !== undefined && { model: standing.modelClass }),
});

const UNSEEN = { requestsMinute: null, tokensMinute: null, rates: null } as const;
const UNCONFIGURED = { requestsPerMinute: null, tokensPerMinute: null } as const;

/** `all`: also what others do with the environment's key, which is the operator's to see. */
export function keyView(
	{ credential, row }: KeyAtEndpoint,
	status: Pick<EndpointStatus, 'keys'> | null,
	{ all, now }: { readonly all: boolean; readonly now: number },
): KeyStatus {
	const name = row?.name ?? credential?.name ?? '';
	const who = { name, rowId: row?.id ?? null };
	if (!credential) return { ...who, standing: 'unreadable', until: null, ...UNSEEN, ...UNCONFIGURED };
	const own = row !== null || all;
	const { mark, config } = credential;
	const standing = status && mark !== undefined && Object.hasOwn(status.keys, mark) ? status.keys[mark] : undefined;
	return {
		...who,
		...verdict(standing, row, status !== null, config, now),
		...(own && status ? figuresOf(standing) : UNSEEN),
		...(own
			? { requestsPerMinute: config.requestsPerMinute ?? null, tokensPerMinute: config.tokensPerMinute ?? null }
			: UNCONFIGURED),
	};
}

/** The row tells of a refusal longer than the health object leaves the key alone for it. */
function verdict(
	standing: KeyStanding | undefined,
	row: Pick<StoredProvider, 'refusedAt'> | null,
	answered: boolean,
	config: Credential['config'],
	now: number,
): Pick<KeyStatus, 'standing' | 'until'> {
	const ahead = (at: number | null | undefined): number | null => (typeof at === 'number' && at > now ? at : null);
	const refusedUntil = ahead(standing?.refusedUntil);
	if (refusedUntil !== null || (row !== null && row.refusedAt !== null))
		return { standing: 'refused', until: refusedUntil };
	if (!answered) return { standing: 'unknown', until: null };
	const limitedUntil = ahead(standing?.limitedUntil);
	if (limitedUntil !== null) return { standing: 'limited', until: limitedUntil };
	if (standing && isNear(standing, config, now)) return { standing: 'near its limit', until: null };
	return { standing: 'good', until: null };
}

function isNear({ rates, ...used }: KeyStanding, config: Credential['config'], now: number): boolean {
	const spent = (minute: number, limit: number | undefined): boolean =>
		limit !== undefined && minute >= limit * (1 - LEAST_LEFT);
	const short = (allowance: Allowance | null | undefined): boolean => {
		if (!allowance || allowance.resetAt <= now) return false;
		return allowance.remaining <= (allowance.limit ?? 0) * LEAST_LEFT;
	};
	return (
		spent(used.requestsMinute, config.requestsPerMinute) ||
		spent(used.tokensMinute, config.tokensPerMinute) ||
		short(rates?.requests) ||
		short(rates?.tokens)
	);
}
