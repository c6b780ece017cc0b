/** Keys of LiteLLM's `model_list` as provider rows: entries with one key, address and version share one. */
import type { ProviderEntry } from './document-schema';
import type { Draft } from './draft';
import type { Params } from './litellm-shape';
import type { Path } from './parse';
import { referenceOf } from './provider-names';

type Row = Omit<ProviderEntry, 'name'>;
type Rates = { readonly requestsPerMinute?: number; readonly tokensPerMinute?: number };

/** A key, or an AWS pair as one text; null: none given. */
function keyOf(params: Params): string | null {
	const { api_key, aws_access_key_id: access, aws_secret_access_key: secret, aws_session_token: session } = params;
	if (api_key) return referenceOf(api_key);
	if (!(access && secret)) return null;
	return [access, secret, ...(session ? [session] : [])].map(referenceOf).join(':');
}

/** null: the entry says nothing that a row would hold. */
function rowOf(provider: string, params: Params): Omit<ProviderEntry, 'name'> | null {
	const apiKey = keyOf(params);
	const baseUrl = params.api_base ?? params.base_url;
	const config = {
		...(params.api_version && { apiVersion: params.api_version }),
		...(params.organization && { organization: params.organization }),
		...(params.aws_region_name && { region: params.aws_region_name }),
	};
	const configured = Object.keys(config).length > 0;
	if (!(apiKey || baseUrl || configured)) return null;
	return {
		provider,
		...(apiKey && { apiKey }),
		...(baseUrl && { baseUrl }),
		...(configured && { config }),
	};
}

/** What the row is told apart by: rates are no part of it. */
const contentOf = ({ provider, apiKey, baseUrl, config = {} }: Row): string => {
	const { requestsPerMinute: _requests, tokensPerMinute: _tokens, ...settings } = config;
	return JSON.stringify([provider, apiKey, baseUrl, settings]);
};

const ratesOf = ({ rpm, tpm }: Params): Rates => ({
	...(rpm != null && { requestsPerMinute: rpm }),
	...(tpm != null && { tokensPerMinute: tpm }),
});

/** Of one more entry by the same key: there each has its own, here the key has the sum. */
function added({ config = {}, ...row }: ProviderEntry, more: Rates): ProviderEntry {
	const sum = (field: keyof Rates): Rates => {
		const before = config[field];
		const both = (typeof before === 'number' ? before : 0) + (more[field] ?? 0);
		return both > 0 ? { [field]: both } : {};
	};
	return { ...row, config: { ...config, ...sum('requestsPerMinute'), ...sum('tokensPerMinute') } };
}

/** Name of the entry's row; null: it needs none. `hint`: its name where it is not the first of its provider. */
export function placeRow(draft: Draft, provider: string, params: Params, hint: string, from: Path): string | null {
	const row = rowOf(provider, params);
	const rates = ratesOf(params);
	const limited = Object.keys(rates).length > 0;
	if (!row) {
		if (limited)
			draft.note(from, "rpm and tpm belong to a key: give the entry one, or set them for the environment's key.");
		return null;
	}
	const rows = (draft.document.providers ?? []).filter((one) => one.provider === provider);
	const shared = rows.find((one) => contentOf(one) === contentOf(row));
	if (shared) {
		if (limited) {
			draft.replaceProvider(added(shared, rates), from);
			draft.note(
				from,
				`rpm and tpm are added to those of row '${shared.name ?? provider}', whose key this entry shares.`,
			);
		}
		return shared.name ?? provider;
	}
	const taken = new Set(rows.map(({ name }) => name));
	let name = rows.length === 0 ? provider : hint;
	for (let number = 2; taken.has(name); number += 1) name = `${hint}-${number}`;
	const config = { ...row.config, ...rates };
	draft.provider({ ...row, name, ...(Object.keys(config).length > 0 && { config }) }, from);
	return name;
}
