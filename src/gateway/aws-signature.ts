/** AWS Signature Version 4 (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html). */
import { AwsV4Signer } from 'aws4fetch';

/** A bearer key ("Amazon Bedrock API key"), or an access key that signs each request. */
export type AwsKey =
	| { readonly kind: 'bearer'; readonly key: string }
	| {
			readonly kind: 'sigv4';
			readonly accessKeyId: string;
			readonly secretAccessKey: string;
			/** Of temporary credentials. */
			readonly sessionToken?: string;
	  };

export interface AwsRequest {
	readonly method: string;
	/** As it is sent: what is percent-encoded in it is encoded once more for the signature. */
	readonly url: string;
	/** Lower-case. Those named `x-amz-…` are signed, as AWS asks; the rest a network on the way may change. */
	readonly headers: Readonly<Record<string, string>>;
	/** The exact bytes that are sent. */
	readonly body: string | ArrayBuffer;
	/** `ACCESS:SECRET[:SESSION]`, or a bearer key. */
	readonly key: string;
	readonly region: string;
	/** AWS's name of the service, e.g. `bedrock`. */
	readonly service: string;
	/** Milliseconds since epoch; AWS refuses what is five minutes off. */
	readonly now: number;
}

/** Derived keys kept (each is good for a day, a region and a service); all are dropped when there are more. */
const MOST_KEYS = 256;

/** aws4fetch's own memory: name of a derived key → its bytes. */
const derivedKeys = new Map<string, ArrayBuffer>();

const PAIR = /^([^:\s]+):([^:\s]+)(?::(\S+))?$/;

/** AWS's bearer keys hold no colon, so a colon tells the two apart. */
export function awsKeyOf(apiKey: string): AwsKey {
	const [, accessKeyId, secretAccessKey, sessionToken] = PAIR.exec(apiKey) ?? [];
	if (accessKeyId === undefined || secretAccessKey === undefined) return { kind: 'bearer', key: apiKey };
	return { kind: 'sigv4', accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
}

/** What to add to the request's headers: `authorization`, and with a signature `x-amz-*`. */
export async function awsHeaders(request: AwsRequest): Promise<Record<string, string>> {
	const key = awsKeyOf(request.key);
	if (key.kind === 'bearer') return { authorization: `Bearer ${key.key}` };
	if (derivedKeys.size >= MOST_KEYS) derivedKeys.clear();
	const { method, url, body, region, service } = request;
	const amazons = Object.entries(request.headers).filter(([name]) => name.startsWith('x-amz-'));
	const signer = new AwsV4Signer({
		method,
		url,
		headers: { ...Object.fromEntries(amazons), 'x-amz-content-sha256': await sha256Hex(body) },
		body,
		accessKeyId: key.accessKeyId,
		secretAccessKey: key.secretAccessKey,
		...(key.sessionToken !== undefined && { sessionToken: key.sessionToken }),
		region,
		service,
		datetime: new Date(request.now).toISOString().replaceAll(/[:-]|\.\d{3}/g, ''),
		cache: derivedKeys,
	});
	const { headers } = await signer.sign();
	return Object.fromEntries(headers);
}

async function sha256Hex(body: string | ArrayBuffer): Promise<string> {
	const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
	const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
	return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
