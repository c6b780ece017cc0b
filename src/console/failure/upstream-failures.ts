/** What went wrong at a provider, in words. */
import type { ProviderHealth } from '../data/types';

export type UpstreamFailure = NonNullable<ProviderHealth[number]['lastError']>['failure'];

const WORDS: Readonly<Record<UpstreamFailure, string>> = {
	'key-dead': 'key refused',
	quota: 'paid-for volume used up',
	'rate-limited': 'limited by the provider',
	overloaded: 'overloaded',
	server: 'server error',
	network: 'not reached, or cut off',
	timeout: 'too slow',
	'bad-request': 'request refused',
	'context-too-long': 'context too long',
	'content-filter': 'content filter',
	'model-missing': 'no such model',
	malformed: 'unreadable answer',
};

const isFailure = (text: string): text is UpstreamFailure => Object.hasOwn(WORDS, text);

/** A name that is new is shown as it is. */
export const failureText = (failure: string): string => (isFailure(failure) ? WORDS[failure] : failure);

/** `server error, HTTP 503` */
export const failedText = ({ failure, status }: { readonly failure: string; readonly status: number | null }): string =>
	`${failureText(failure)}${status === null ? '' : `, HTTP ${status}`}`;
