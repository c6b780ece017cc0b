/**
 * `${<ID>_API_KEY}` in a file: the environment's key of that very provider, for the operator alone. A row made of it
 * goes to the provider's default address: a key of the environment never leaves for an address a file names.
 */
import { GatewayError, invalid } from '../../errors';
import type { ServiceContext } from '../context';
import type { StoredProvider } from '../provider-row';
import type { ProviderEntry } from './document-schema';

const REFERENCE = /^\$\{(\w+)\}$/;

const variableOf = (provider: string): string => `${provider.toUpperCase().replaceAll('-', '_')}_API_KEY`;

/** Anything that looks like one anywhere else would be stored as text, and then sent somewhere. */
function refuseElsewhere({ apiKey, ...rest }: ProviderEntry): void {
	if (/\$\{\w+\}/.test(JSON.stringify(rest)))
		throw invalid('apiKey', 'A reference to the environment can stand for an apiKey alone.');
	if (apiKey?.includes('${') && !REFERENCE.test(apiKey))
		throw invalid('apiKey', 'A reference stands for the whole apiKey: write it and nothing else.');
}

/** The entry with the key itself. Throws `forbidden`, `invalid_request` naming `apiKey`. */
export function resolveReference(ctx: ServiceContext, entry: ProviderEntry): ProviderEntry {
	refuseElsewhere(entry);
	const name = REFERENCE.exec(entry.apiKey ?? '')?.[1];
	if (name === undefined) return entry;
	const expected = variableOf(entry.provider);
	if (ctx.principal.kind !== 'operator')
		throw new GatewayError('forbidden', 'Only the platform operator may refer to keys of the environment.', {
			param: 'apiKey',
		});
	if (name !== expected)
		throw invalid('apiKey', `A row of '${entry.provider}' may refer to ${expected} alone, not to ${name}.`);
	if (entry.baseUrl !== undefined && entry.baseUrl !== null)
		throw invalid(
			'apiKey',
			'A key of the environment goes to no address of a file: give the key itself, or no baseUrl.',
		);
	const apiKey = ctx.environment.credentials[entry.provider]?.apiKey;
	if (!apiKey) throw invalid('apiKey', `${name} is not set in the environment.`);
	return { ...entry, apiKey };
}

/**
 * A row that stands already keeps an address the file doesn't mention, and whoever manages the organization may have
 * chosen it. Throws `invalid_request` naming `apiKey` where the environment's key would go there.
 */
export function refuseForeignAddress(
	ctx: ServiceContext,
	row: StoredProvider,
	{ baseUrl = row.baseUrl }: ProviderEntry,
) {
	if (baseUrl === null || baseUrl === ctx.environment.credentials[row.provider]?.baseUrl) return;
	throw invalid(
		'apiKey',
		'This row leads to an address of its own, where a key of the environment does not go: add baseUrl: null, or give the key itself.',
	);
}
