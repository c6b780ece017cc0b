import { createHash, createHmac } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { awsHeaders, awsKeyOf } from '../../src/gateway/aws-signature';

const ACCESS = 'AKIDEXAMPLE';
const SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
const NOW = Date.UTC(2015, 7, 30, 12, 36, 0);

const sha256 = (text: string | Uint8Array) => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();

/** RFC 3986 with `/` kept: how AWS encodes the path that is on the wire once more. */
const encodedAgain = (path: string): string =>
	path
		.split('/')
		.map((segment) =>
			encodeURIComponent(segment).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`),
		)
		.join('/');

interface Signed {
	readonly method: string;
	readonly url: string;
	readonly body: string;
	readonly headers: Readonly<Record<string, string>>;
	readonly region: string;
	readonly service: string;
}

/** The signature by the four steps of AWS's documentation, on Node's own hashes. */
function signature({ method, url, body, headers, region, service }: Signed): string {
	const { host, pathname } = new URL(url);
	const all: Record<string, string> = { ...headers, host };
	const names = Object.keys(all).sort();
	const canonical = [
		method,
		encodedAgain(pathname),
		'',
		...names.map((name) => `${name}:${all[name]}`),
		'',
		names.join(';'),
		sha256(body),
	].join('\n');
	const date = headers['x-amz-date'] ?? '';
	const day = date.slice(0, 8);
	const scope = `${day}/${region}/${service}/aws4_request`;
	const text = ['AWS4-HMAC-SHA256', date, scope, sha256(canonical)].join('\n');
	const key = [day, region, service, 'aws4_request'].reduce<string | Buffer>(
		(last, step) => hmac(last, step),
		`AWS4${SECRET}`,
	);
	return hmac(key as Buffer, text).toString('hex');
}

const request = {
	method: 'POST',
	url: 'https://bedrock-runtime.eu-central-1.amazonaws.com/model/us.anthropic.claude-haiku-4-5-20251001-v1%3A0/converse',
	headers: { 'content-type': 'application/json', accept: 'application/json' },
	body: '{"messages":[{"role":"user","content":[{"text":"Grüße"}]}]}',
	key: `${ACCESS}:${SECRET}`,
	region: 'eu-central-1',
	service: 'bedrock',
	now: NOW,
};

const partsOf = (authorization = '') =>
	/^AWS4-HMAC-SHA256 Credential=(\S+), SignedHeaders=(\S+), Signature=([0-9a-f]{64})$/.exec(authorization)?.slice(1) ??
	[];

describe('an AWS signature', () => {
	it('derives the signing key as the published example does', () => {
		// docs.aws.amazon.com, "Examples of how to derive a signing key": 20150830, us-east-1, iam.
		const key = ['20150830', 'us-east-1', 'iam', 'aws4_request'].reduce<string | Buffer>(
			(last, step) => hmac(last, step),
			'AWS4wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
		);
		expect((key as Buffer).toString('hex')).toBe('c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9');
	});

	it('is over the path encoded once more, the date, the body and the host', async () => {
		const headers = await awsHeaders(request);
		const { authorization, ...sent } = headers;
		expect(sent).toEqual({ 'x-amz-date': '20150830T123600Z', 'x-amz-content-sha256': sha256(request.body) });
		const [credential, names, signed] = partsOf(authorization);
		expect(credential).toBe(`${ACCESS}/20150830/eu-central-1/bedrock/aws4_request`);
		expect(names).toBe('host;x-amz-content-sha256;x-amz-date');
		expect(signed).toBe(signature({ ...request, headers: sent }));
	});

	it('holds for any model, body, region and time', async () => {
		const model = fc.oneof(
			fc.string({ minLength: 1, maxLength: 40 }).filter((name) => !/^\.+$/.test(name) && name.isWellFormed()),
			fc.constant('arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-lite-v1:0'),
		);
		const property = fc.asyncProperty(
			model,
			fc.string({ maxLength: 200 }).map((text) => text.toWellFormed()),
			fc.constantFrom('us-east-1', 'us-gov-west-1', 'ap-southeast-2'),
			fc.date({ min: new Date('2015-01-01'), max: new Date('2099-01-01'), noInvalidDate: true }),
			async (name, body, region, now) => {
				const url = `https://bedrock-runtime.${region}.amazonaws.com/model/${encodeURIComponent(name)}/converse-stream`;
				const { authorization, ...sent } = await awsHeaders({ ...request, url, body, region, now: now.getTime() });
				expect(partsOf(authorization)[2]).toBe(signature({ ...request, url, body, region, headers: sent }));
			},
		);
		await fc.assert(property, { numRuns: 60 });
	});

	it('signs the token of a session', async () => {
		const { authorization, ...sent } = await awsHeaders({ ...request, key: `${ACCESS}:${SECRET}:FwoG/token+==` });
		expect(sent['x-amz-security-token']).toBe('FwoG/token+==');
		expect(partsOf(authorization)[1]).toBe('host;x-amz-content-sha256;x-amz-date;x-amz-security-token');
		expect(partsOf(authorization)[2]).toBe(signature({ ...request, headers: sent }));
	});

	it('signs the headers of Amazon’s own that the request has, and no others', async () => {
		const own = { ...request.headers, 'x-amz-target': 'a', traceparent: '00-1-2-01', 'user-agent': 'x' };
		const { authorization, ...sent } = await awsHeaders({ ...request, headers: own });
		expect(partsOf(authorization)[1]).toBe('host;x-amz-content-sha256;x-amz-date;x-amz-target');
		expect(partsOf(authorization)[2]).toBe(signature({ ...request, headers: sent }));
	});

	it('is the same over a text and over its bytes', async () => {
		const bytes = new TextEncoder().encode(request.body);
		expect(await awsHeaders({ ...request, body: bytes.buffer })).toEqual(await awsHeaders(request));
	});

	it('is the same the second time, when the derived key is remembered, and another for another secret', async () => {
		const first = await awsHeaders(request);
		expect(await awsHeaders(request)).toEqual(first);
		const other = await awsHeaders({ ...request, key: `${ACCESS}:another` });
		expect(other.authorization).not.toBe(first.authorization);
	});

	it('stays right over more keys than are remembered', async () => {
		const first = await awsHeaders(request);
		for (let n = 0; n < 300; n++) await awsHeaders({ ...request, key: `${ACCESS}:secret-${n}` });
		expect(await awsHeaders(request)).toEqual(first);
	});

	it('gives way to a bearer key', async () => {
		expect(await awsHeaders({ ...request, key: 'bedrock-api-key-YWJj=' })).toEqual({
			authorization: 'Bearer bedrock-api-key-YWJj=',
		});
	});
});

describe('an AWS key', () => {
	it('is a bearer unless it is a pair, or a pair with its session', () => {
		expect(awsKeyOf('ABSKQmVkcm9ja0FQSUtleQ==')).toEqual({ kind: 'bearer', key: 'ABSKQmVkcm9ja0FQSUtleQ==' });
		expect(awsKeyOf(`${ACCESS}:${SECRET}`)).toEqual({
			kind: 'sigv4',
			accessKeyId: ACCESS,
			secretAccessKey: SECRET,
		});
		expect(awsKeyOf('A:b:c/d+e==')).toEqual({
			kind: 'sigv4',
			accessKeyId: 'A',
			secretAccessKey: 'b',
			sessionToken: 'c/d+e==',
		});
		for (const key of ['a:', ':b', '', ':']) expect(awsKeyOf(key).kind).toBe('bearer');
	});
});
