/** Under which names health is kept. Pure. */
import type { Place } from './contract';

/** A call's whereabouts, before it is known which model. */
export interface Address {
	readonly provider: string;
	/** Root of the credential used. */
	readonly baseUrl: string;
	/** `tenant`: the organization's own address, which is nobody else's concern. */
	readonly trust: 'operator' | 'tenant';
	readonly organizationId: string;
}

interface ListedFacts {
	readonly known: boolean;
	readonly model: string;
	readonly listedAs?: string;
	/** Who lists it; absent: nobody does. */
	readonly source?: string;
}

/** Stands for the endpoint as a whole: can it be reached at all? */
export const WHOLE_ENDPOINT = '';
/** Models that no list knows share one name, so that a caller's inventions fill no memory. */
export const UNLISTED = '*';
/** Ahead of a model's class, in the place of a tokenizer's family. */
const UNKNOWN = 'unknown ';
/** UTF-16 units of a class there. */
const LONGEST_CLASS = 100;

function hostOf(url: string): string {
	try {
		return new URL(url).host;
	} catch {
		return url;
	}
}

/** `openai@api.openai.com`; of an organization's own address `openai@llm.example.com#<organization id>`. */
export function endpointOf({ provider, baseUrl, trust, organizationId }: Address): string {
	const shared = `${provider}@${hostOf(baseUrl)}`;
	return trust === 'tenant' ? `${shared}#${organizationId}` : shared;
}

/**
 * A model with its dated versions and variants, which stand on the same machines. At an address that several
 * organizations share a name counts only where a list has it, not where one of them made it up.
 */
export function modelClassOf(facts: ListedFacts, trust: Address['trust']): Place['modelClass'] {
	const listed = facts.known && (trust === 'tenant' || facts.source !== undefined);
	return listed ? (facts.listedAs ?? facts.model) : UNLISTED;
}

/** Names a model's tokenizer where what was learned of it is kept: its family, and where that is unknown its class. */
export function tokenizerKey(
	facts: ListedFacts & { readonly tokenizer: string },
	trust: Address['trust'] = 'operator',
): string {
	if (facts.tokenizer !== 'unknown') return facts.tokenizer;
	return UNKNOWN + modelClassOf(facts, trust).slice(0, LONGEST_CLASS);
}

/** The class of models in such a name; null: it is a family's. */
export const classInKey = (tokenizer: string): string | null =>
	tokenizer.startsWith(UNKNOWN) ? tokenizer.slice(UNKNOWN.length) : null;
