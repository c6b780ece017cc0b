/** An upstream call with what opens its door: the provider's own headers and the credential. */
import type { ProviderConfig } from '../providers/config';
import type { Provider } from '../providers/provider';
import { awsHeaders } from './aws-signature';
import type { Credential, OutboundRequest, Time } from './ports';

export interface UpstreamRequest {
	readonly method: OutboundRequest['method'];
	readonly url: string;
	/** Of the request itself, lower-case. */
	readonly headers: Readonly<Record<string, string>>;
	readonly body?: string | ArrayBuffer;
}

export interface Door {
	readonly provider: Pick<Provider, 'auth' | 'headers' | 'routing'>;
	readonly credential: Pick<Credential, 'apiKey' | 'config' | 'baseUrl'>;
}

/** All headers of the call. A signature is over the exact body, so nothing of the request may change after it. */
export async function authorized(
	request: UpstreamRequest,
	{ provider, credential }: Door,
	time: Pick<Time, 'now'>,
): Promise<Record<string, string>> {
	const headers: Record<string, string> = {
		...provider.headers,
		...provider.routing?.headers?.(credential.config),
		...request.headers,
	};
	const key = credential.apiKey;
	const { auth } = provider;
	if (key === null || auth.kind === 'none') return headers;
	if (auth.kind === 'header' && !(auth.entra && credential.config.auth === 'entra')) headers[auth.name] = key;
	else if (auth.kind === 'aws')
		return { ...headers, ...(await signed(request, headers, key, { auth, ...credential }, time)) };
	else headers.authorization = `Bearer ${key}`;
	return headers;
}

interface AwsDoor {
	readonly auth: { readonly service: string };
	readonly config: ProviderConfig;
	readonly baseUrl: string;
}

/** `bedrock-runtime.eu-central-1.amazonaws.com` names its region itself. */
const REGION_IN_HOST = /\.([a-z]{2}(?:-[a-z]+)+-\d)\./;
const DEFAULT_REGION = 'us-east-1';

async function signed(
	request: UpstreamRequest,
	headers: Readonly<Record<string, string>>,
	key: string,
	{ auth, config, baseUrl }: AwsDoor,
	time: Pick<Time, 'now'>,
): Promise<Record<string, string>> {
	const region = config.region ?? REGION_IN_HOST.exec(baseUrl)?.[1] ?? DEFAULT_REGION;
	const { method, url, body } = request;
	return awsHeaders({
		method,
		url,
		headers,
		body: body ?? '',
		key,
		region,
		service: auth.service,
		now: time.now(),
	});
}
