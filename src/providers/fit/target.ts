import type { ModelTraits, Provider, Quirks, Wire } from '../provider';

/** What decides how much of a request can be honoured. */
export interface FitTarget {
	/** `provider/model`, for messages. */
	readonly name: string;
	/** The one that will carry the request. */
	readonly wire: Pick<Wire, 'id' | 'capabilities'>;
	readonly provider: Pick<Provider, 'wire' | 'alternatives' | 'capabilities'>;
	/** Of that wire at this provider. */
	readonly quirks: Quirks;
	readonly traits: ModelTraits;
}
