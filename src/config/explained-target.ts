/** One name of a chain, as an administrator reads it: who answers by it, with which key, at which price. Pure. */
import type { Prices } from '../catalog/facts';
import { toGatewayError } from '../errors';
import type { Credential, Origin, Registry } from '../gateway/ports';
import type { Considered, Target } from '../gateway/route';
import { wireRequestOf } from '../gateway/wire-request';
import type { ChatRequest, Warning } from '../language/request';
import { wireChoice } from '../providers/wire-choice';
import { priceOrigin } from './model-overrides';
import type { ConfigurationRows } from './rows';

export interface ExplainedKey {
	/** `none`: the provider takes none. */
	readonly source: 'organization' | 'environment' | 'none';
	/** `llm_providers.id` and `name`; null where it is no row of the organization. */
	readonly rowId: string | null;
	readonly name: string | null;
	/** Last four characters; null where they are not the organization's to know. */
	readonly last4: string | null;
	/** Tag of where its data stays; null: none. */
	readonly residency: string | null;
}

/** USD per million tokens. */
export interface ExplainedPrice {
	readonly origin: Extract<Origin, 'organization' | 'global'> | 'catalog';
	readonly version: string | null;
	readonly inputUsdPerMillion: number;
	readonly outputUsdPerMillion: number;
}

export interface ExplainedTarget {
	/** As it was written. */
	readonly name: string;
	readonly usable: boolean;
	/** Why not; null where it is. */
	readonly reason: string | null;
	/** Of a usable one. */
	readonly answers: {
		readonly provider: string;
		/** `provider/model`, or `<server>/<model>`. */
		readonly model: string;
		/** What the upstream calls it. */
		readonly upstreamModel: string;
		readonly key: ExplainedKey;
		/** Every key that may be asked, that one included. */
		readonly keys: readonly ExplainedKey[];
		/** null: unknown. */
		readonly price: ExplainedPrice | null;
		/** False: the figures are guesses. */
		readonly known: boolean;
		/** Tokens. */
		readonly contextWindow: number;
		readonly maxOutput: number | null;
		/** Settings that it can't be given as they are. */
		readonly warnings: readonly Warning[];
	} | null;
	/** Keys that the policy's residency keeps out. */
	readonly barred: readonly ExplainedKey[];
}

const PICO_PER_MICRO = 1e6;

function keyOf(credential: Credential, rows: ConfigurationRows): ExplainedKey {
	const row = rows.providers.find(({ id }) => id === credential.rowId);
	return {
		source: credential.source,
		rowId: credential.rowId,
		name: row?.name ?? null,
		last4: row?.keyLast4 ?? null,
		residency: credential.config.residency ?? null,
	};
}

/** Pico-dollars per token are micro-dollars per million. */
const priceOf = (prices: Prices, version: string | null): ExplainedPrice => ({
	origin: priceOrigin(version),
	version,
	inputUsdPerMillion: Number(prices.input) / PICO_PER_MICRO,
	outputUsdPerMillion: Number(prices.output) / PICO_PER_MICRO,
});

/** What the target makes of the settings; a conversation may bring more. */
function warningsOf(target: Target, request: ChatRequest, { wires }: Pick<Registry, 'wires'>): readonly Warning[] {
	const { provider, model } = target;
	const { wire, quirks } = wireChoice(provider, model, request);
	try {
		return wireRequestOf(request, { target, wire: wires[wire], quirks, stream: false, firstMessage: 0 }).warnings;
	} catch (thrown) {
		const { param, message } = toGatewayError(thrown);
		return [{ field: param ?? 'request', message }];
	}
}

/** `request`: the settings in force on a conversation of one word; null where they are of no concern. */
export function explainedTarget(
	{ name, target, keys, barred, refusal }: Considered,
	request: ChatRequest | null,
	rows: ConfigurationRows,
	registry: Pick<Registry, 'wires'>,
): ExplainedTarget {
	const closed = barred.map(({ credential }) => keyOf(credential, rows));
	if (!target) return { name, usable: false, reason: refusal?.message ?? null, answers: null, barred: closed };
	const { facts, credential } = target;
	return {
		name,
		usable: true,
		reason: null,
		answers: {
			provider: target.provider.id,
			model: target.name,
			upstreamModel: target.upstreamModel,
			key: keyOf(credential, rows),
			keys: keys.map((one) => keyOf(one, rows)),
			price: facts.prices && priceOf(facts.prices, facts.priceVersion),
			known: facts.known,
			contextWindow: facts.contextWindow,
			maxOutput: facts.maxOutput,
			warnings: request ? warningsOf(target, request, registry) : [],
		},
		barred: closed,
	};
}
