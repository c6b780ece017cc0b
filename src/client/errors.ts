/** What a call of the client may throw, typed. */
import { isTRPCClientError, type TRPCClientError } from '@trpc/client';
import type { AppRouter } from '../routers';
import type { WireError } from '../routers/init';

/** What the gateway says about a failure: switch on `code`, which is a closed union. */
export type GatewayFailure = WireError;

/** A failure that the gateway reported, as opposed to one of the network. */
export type SwitchyardError = TRPCClientError<AppRouter> & {
	readonly data: { readonly httpStatus: number; readonly gateway: GatewayFailure };
};

/** True for what the gateway itself answered; false for an abort, an unreachable host, a cut connection. */
export function isSwitchyardError(thrown: unknown): thrown is SwitchyardError {
	return isTRPCClientError<AppRouter>(thrown) && typeof thrown.data?.gateway?.code === 'string';
}

/** The gateway's word on a failure, or null where it has none. */
export const asSwitchyardError = (thrown: unknown): GatewayFailure | null =>
	isSwitchyardError(thrown) ? thrown.data.gateway : null;
