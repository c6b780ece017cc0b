import type { Fallbacks } from '../../data/types';

export interface FallbacksPartProps {
	readonly fallbacks: Fallbacks;
	readonly mayChange: boolean;
}

/** The longest chain of a request has eight targets, its first one included. */
export const MOST_FALLBACKS = 7;
