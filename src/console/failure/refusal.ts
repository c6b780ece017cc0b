/** What the gateway refuses or fails at, whichever of its interfaces said so. */
import { asSwitchyardError, type GatewayFailure } from '../../client';

const isFailure = (value: unknown): value is GatewayFailure =>
	typeof value === 'object' && value !== null && 'code' in value && 'retryable' in value;

/** Of an interface without errors of its own, in the form that `failureOf` reads; the gateway's own, unless told. */
export const refusal = (failure: Omit<GatewayFailure, 'source'> & Partial<Pick<GatewayFailure, 'source'>>): Error =>
	new Error(failure.message, { cause: { source: 'gateway', ...failure } });

/** The gateway's word on anything thrown; null: it has none, it was not reached. */
export function failureOf(thrown: unknown): GatewayFailure | null {
	const typed = asSwitchyardError(thrown);
	if (typed) return typed;
	return thrown instanceof Error && isFailure(thrown.cause) ? thrown.cause : null;
}
