/** The health of an endpoint in words. */
import type { ProviderHealth } from '../data/types';
import { failedText } from '../failure/upstream-failures';
import { ago, ahead, count, counted, duration, share } from '../ui/format';

export type Endpoint = ProviderHealth[number];
export type ModelHealth = Endpoint['models'][number];
export type KeyHealth = Endpoint['keys'][number];
type Figures = Pick<
	Endpoint,
	'errorRate' | 'p50FirstEventMs' | 'p95FirstEventMs' | 'outputTokensPerSecond' | 'lastError' | 'nextProbeAt'
>;

interface StateWords {
	readonly color: string;
	/** What it means for the next request. */
	readonly meaning: string;
}

export const STATES: Readonly<Record<Endpoint['state'], StateWords>> = {
	closed: { color: 'teal', meaning: 'asked as usual' },
	open: { color: 'red', meaning: 'left alone for now' },
	'half-open': { color: 'orange', meaning: 'the next call tries it' },
	unknown: { color: 'gray', meaning: 'its health did not come in time' },
};

export const STANDINGS: Readonly<Record<KeyHealth['standing'], StateWords>> = {
	good: { color: 'teal', meaning: 'used as usual' },
	refused: { color: 'red', meaning: 'the provider refuses it' },
	limited: { color: 'orange', meaning: 'at the provider’s limit' },
	'near its limit': { color: 'yellow', meaning: 'other keys go first' },
	unreadable: { color: 'red', meaning: 'it can’t be opened, or a setting is missing' },
	unknown: { color: 'gray', meaning: 'its standing did not come in time' },
};

const NONE = '–';

const ms = (value: number | null): string => (value === null ? NONE : duration(value));

/** Cells of one row, in the order of the columns; `now`: ms since epoch. */
export const figureTexts = (figures: Figures, now: number) => ({
	errorRate: figures.errorRate === null ? NONE : share(figures.errorRate),
	firstEvent: `${ms(figures.p50FirstEventMs)} / ${ms(figures.p95FirstEventMs)}`,
	throughput: figures.outputTokensPerSecond === null ? NONE : count(Math.round(figures.outputTokensPerSecond)),
	lastError: figures.lastError === null ? 'none' : failedText(figures.lastError),
	lastErrorAt: figures.lastError === null ? null : ago(figures.lastError.at, now),
	nextProbe: figures.nextProbeAt === null ? NONE : ahead(figures.nextProbeAt, now),
});

/** Nothing was ever asked of it, so there is nothing to tell. */
export const isUnused = ({ state, models, lastCheck }: Endpoint): boolean =>
	state === 'closed' && models.length === 0 && lastCheck === null;

const MOST_NAMED = 2;

/** By which keys it is reached. */
export function keysText({ keys }: Endpoint): string {
	if (keys.length > MOST_NAMED) return counted(keys.length, 'key');
	return keys.map(({ name, rowId }) => (rowId === null ? 'the environment’s key' : name)).join(', ');
}

export const modelText = (model: string): string => (model === '*' ? 'models that no list knows' : model);

/** `12 of 60`; the limit where one is configured. */
export function usedText(used: number | null, limit: number | null): string {
	if (used === null) return NONE;
	return limit === null ? count(used) : `${count(used)} of ${count(limit)}`;
}

const UNKNOWN = 'unknown ';

/** Of a family that is not known the model stands for it. */
export function tokenizerText(tokenizer: string): string {
	return tokenizer.startsWith(UNKNOWN) ? modelText(tokenizer.slice(UNKNOWN.length)) : tokenizer;
}

const ratio = new Intl.NumberFormat('en', { minimumFractionDigits: 2, maximumFractionDigits: 3 });

/** `1.12 ± 0.03` */
export const factorText = ({ factor, spread }: Endpoint['calibrations'][number]): string =>
	`${ratio.format(factor)} ± ${ratio.format(spread)}`;

type Rates = KeyHealth['rates'];
type Allowance = NonNullable<NonNullable<Rates>['requests']>;

const left = (what: string, allowance: Allowance | null, now: number): string[] =>
	allowance === null
		? []
		: [
				`${count(allowance.remaining)}${allowance.limit === null ? '' : ` of ${count(allowance.limit)}`} ${what} left, anew ${ahead(allowance.resetAt, now)}`,
			];

/** What the provider's answers last said of its own limits. */
export function ratesText(rates: Rates, now: number): string {
	if (rates === null) return NONE;
	return [...left('requests', rates.requests, now), ...left('tokens', rates.tokens, now)].join('; ') || NONE;
}
