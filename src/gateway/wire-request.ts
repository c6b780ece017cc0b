/** The wire's form of a request for one target. Pure. */
import { invalid } from '../errors';
import type { ChatRequest } from '../language/request';
import { fitRequest } from '../providers/fit';
import type { Quirks, Wire, WireRequest } from '../providers/provider';
import type { Target } from './target';

export interface Addressee {
	readonly target: Target;
	readonly wire: Pick<Wire, 'id' | 'capabilities' | 'toRequest'>;
	/** Of that wire at this provider. */
	readonly quirks: Quirks;
	readonly stream: boolean;
	/** Messages that the gateway put ahead of the caller's. */
	readonly firstMessage: number;
	/** See `FitOptions.places`. */
	readonly places?: readonly number[] | undefined;
}

/**
 * What a strict caller asked for itself (`insisted`) is refused where the target can't take it; what the configuration
 * added is left out with a warning, unless it costs the caller's own. Throws `invalid_request` where the target can't
 * carry the request.
 */
export function wireRequestOf(
	request: ChatRequest,
	addressee: Addressee,
	insisted: ChatRequest | null = null,
): WireRequest {
	if (insisted === null) return fittedRequest(request, addressee);
	const asked = fittedRequest(insisted, addressee);
	const sent = fittedRequest({ ...request, strict: false }, addressee);
	const lost = sent.warnings.find(
		({ field, message }) =>
			Object.hasOwn(insisted, field) && !asked.warnings.some((one) => one.field === field && one.message === message),
	);
	if (!lost) return sent;
	const beside = `${addressee.target.name} can't honour this beside what the configuration sets, and the request is strict`;
	throw invalid(lost.field, `${lost.field}: ${beside}. ${lost.message}`);
}

function fittedRequest(request: ChatRequest, addressee: Addressee): WireRequest {
	const { target, wire, quirks, stream, firstMessage, places } = addressee;
	const { provider, name, facts: traits } = target;
	const options = places ? { firstMessage, places } : { firstMessage };
	const fitted = fitRequest(request, { name, wire, provider, quirks, traits }, options);
	const wireRequest = wire.toRequest(fitted.request, {
		providerId: provider.id,
		model: target.upstreamModel,
		stream,
		quirks,
		traits,
	});
	if (fitted.warnings.length === 0) return wireRequest;
	return { ...wireRequest, warnings: [...fitted.warnings, ...wireRequest.warnings] };
}
