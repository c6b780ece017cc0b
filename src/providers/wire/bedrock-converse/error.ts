/** Errors of Bedrock: told apart by their type, in a header or the body, then by status (PROVIDERS section 9). */
import type { FailureClass, GatewayError } from '../../../errors';
import { contextFailure, contextLimit } from '../context-limit';
import { failureOfStatus, type Scope, upstreamError } from '../failure';
import { objectOf, textOf, tryJson } from '../json';

interface Kind {
	readonly failure: FailureClass;
	readonly scope: Scope;
	/** HTTP status it comes with, for one inside a stream. */
	readonly status: number;
}

const KEY: Kind = { failure: 'key-dead', scope: 'key', status: 403 };

/** By type in lower case, without its `Exception`: a stream begins its names with a small letter. */
const KINDS: Readonly<Record<string, Kind>> = {
	accessdenied: KEY,
	unrecognizedclient: KEY,
	invalidclienttokenid: KEY,
	expiredtoken: KEY,
	invalidsignature: KEY,
	incompletesignature: KEY,
	missingauthenticationtoken: KEY,
	optinrequired: KEY,
	validation: { failure: 'bad-request', scope: 'request', status: 400 },
	conflict: { failure: 'server', scope: 'provider', status: 400 },
	resourcenotfound: { failure: 'model-missing', scope: 'model', status: 404 },
	servicequotaexceeded: { failure: 'quota', scope: 'key', status: 400 },
	throttling: { failure: 'rate-limited', scope: 'key', status: 429 },
	modelnotready: { failure: 'overloaded', scope: 'model', status: 429 },
	modeltimeout: { failure: 'timeout', scope: 'model', status: 408 },
	modelerror: { failure: 'server', scope: 'model', status: 424 },
	modelstreamerror: { failure: 'server', scope: 'model', status: 424 },
	serviceunavailable: { failure: 'overloaded', scope: 'provider', status: 503 },
	internalserver: { failure: 'server', scope: 'provider', status: 500 },
	internalfailure: { failure: 'server', scope: 'provider', status: 500 },
};

/** What the same type means where its words say more; the message is quoted only where it names no account. */
const REFINED: readonly {
	readonly type: string;
	readonly words: RegExp;
	readonly failure: FailureClass;
	readonly scope: Scope;
}[] = [
	{
		type: 'validation',
		words: /model identifier is invalid|on-demand throughput|invalid model identifier|end of its life/i,
		failure: 'model-missing',
		scope: 'model',
	},
	{ type: 'validation', words: /content filter(?:ing)?\b/i, failure: 'content-filter', scope: 'request' },
	{ type: 'accessdenied', words: /access to the model|use case details/i, failure: 'model-missing', scope: 'model' },
	// The key holds, its policy lacks this model.
	{ type: 'accessdenied', words: /not authorized to perform/i, failure: 'key-dead', scope: 'model' },
	{ type: 'throttling', words: /per day/i, failure: 'quota', scope: 'key' },
];

/** A non-2xx answer. */
export function fromError(status: number, headers: Headers, body: string): GatewayError {
	const payload = objectOf(tryJson(body));
	const type = typeOf(headers.get('x-amzn-errortype') ?? textOf(payload?.__type) ?? textOf(payload?.code) ?? '');
	return classified(type, status, textOf(payload?.message) ?? textOf(payload?.Message) ?? '', headers);
}

/** An exception inside a stream under HTTP 200. One of an unknown type is `upstream_malformed`. */
export function errorInside(name: string, data: string): GatewayError {
	const payload = objectOf(tryJson(data));
	const type = typeOf(name);
	const message = textOf(payload?.message) ?? textOf(payload?.Message) ?? '';
	const kind = kindOf(type);
	if (kind) return classified(type, kind.status, message, undefined);
	return upstreamError({ failure: 'server', scope: 'provider', status: 200, message, code: 'upstream_malformed' });
}

/** `ValidationException:http://internal.amazon.com/…`, `com.amazon.coral.service#ExpiredTokenException`. */
const typeOf = (name: string): string =>
	(name.split(':', 1)[0]?.split('#').at(-1) ?? '')
		.trim()
		.toLowerCase()
		.replace(/exception$/, '');

const kindOf = (type: string): Kind | undefined => (Object.hasOwn(KINDS, type) ? KINDS[type] : undefined);

function classified(type: string, status: number, message: string, headers: Headers | undefined): GatewayError {
	const facts = { status, message, headers };
	const kind = kindOf(type);
	// "Too many tokens, please wait" is throttling: only a refused request can be too long.
	const refused = kind ? type === 'validation' : status === 400 || status === 413;
	const tooLong = refused ? contextLimit(message) : null;
	if (tooLong) return upstreamError({ ...facts, ...contextFailure(tooLong) });
	const { failure, scope } = refinedOf(type, status, message) ?? kind ?? failureOfStatus(status);
	return upstreamError({ ...facts, failure, scope });
}

/** Proxies lose the header that holds the type; then the status stands for it. */
const refinedOf = (type: string, status: number, message: string) =>
	REFINED.find(
		(one) => (type === one.type || (type === '' && status === kindOf(one.type)?.status)) && one.words.test(message),
	);
