import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { refusedAddress } from '../src/address';

const OWN = 'switchyard.example';
const refused = (url: string): string | null => refusedAddress(url, OWN);
const refusedPrivately = (url: string): string | null => refusedAddress(url, 'localhost:8787', true);

const IP = 'IP addresses are not allowed';
const HIDDEN = 'the host is not public';
const CHOSEN = 'the host stands for an address of its own choice';
const PORT = 'the port belongs to another protocol';
const CREDENTIALS = 'it holds credentials';
const OBSCURE = 'it is not written plainly';
const SCHEME = 'only https is allowed';

describe("a tenant's address", () => {
	it.each([
		'https://api.example.com/v1',
		'https://API.Example.COM./v1',
		'https://eu.llm.example.co.uk:8443',
		'https://my-resource.openai.azure.com/openai/v1',
		'https://bedrock-runtime.eu-central-1.amazonaws.com',
		'https://münchen.example/v1',
		'https://xn--mnchen-3ya.example/v1',
		'https://ec2-52-1-2-3.compute-1.amazonaws.com',
		'https://v1.2.3.example.com/a@b',
		'https://localhost.example.com',
		'https://internal.example.com',
		'https://mynip.io.example.com',
		'https://notnip.io',
		'https://api.example.com:443/v1',
	])('%s may be called', (url) => {
		expect(refused(url)).toBeNull();
	});

	it.each([
		['http://api.example.com/v1', SCHEME],
		['ftp://api.example.com', SCHEME],
		['file:///etc/passwd', SCHEME],
		['gopher://api.example.com', SCHEME],
		['data:text/plain,x', SCHEME],
		['javascript:alert(1)', SCHEME],
		['mock:echo', SCHEME],
		['blob:https://api.example.com/1', SCHEME],
		['ws://api.example.com', SCHEME],
		['not a url', 'it is not a URL'],
		['', 'it is not a URL'],
		['https://', 'it is not a URL'],
		['//api.example.com', 'it is not a URL'],
		['https://api.example.com:99999', 'it is not a URL'],
		['https://[fe80::1%25eth0]/', 'it is not a URL'],
		['https://[::1', 'it is not a URL'],
		['https://1.2.3.4.5/', 'it is not a URL'],
		['https://256.1.1.1/', 'it is not a URL'],
	])('%s is refused for what it is: %s', (url, reason) => {
		expect(refused(url)).toBe(reason);
	});

	it.each([
		'https://127.0.0.1/v1',
		'https://127.0.0.1./v1',
		'https://127.1/',
		'https://127.0.1/',
		'https://2130706433/v1',
		'https://0x7f000001/',
		'https://0x7f.1/v1',
		'https://0X7F.0.0.0x1/',
		'https://017700000001/',
		'https://0177.0.0.01/',
		'https://0/',
		'https://0.0.0.0/',
		'https://8.8.8.8/',
		'https://169.254.169.254/latest/meta-data',
		'https://0xa9fea9fe/',
		'https://100.100.100.200/',
		'https://[::1]/v1',
		'https://[::]/',
		'https://[0:0:0:0:0:0:0:1]/',
		'https://[::ffff:127.0.0.1]/',
		'https://[::ffff:7f00:1]/',
		'https://[64:ff9b::7f00:1]/',
		'https://[fe80::1]/',
		'https://[fd00:ec2::254]/',
		'https://[2606:4700:4700::1111]/',
		'https://１２７.０.０.１/',
		'https://127。0。0。1/',
		'https://①②⑦.0.0.1/',
	])('%s is refused as an IP address', (url) => {
		expect(refused(url)).toBe(IP);
	});

	it.each([
		'https://localhost/v1',
		'https://LOCALHOST./v1',
		'https://localhost../v1',
		'https://LocalHost:8443/',
		'https://a.localhost/',
		'https://ⓛocalhost/',
		'https://local\u00adhost/',
		'https://localhost.localdomain/',
		'https://metadata/v1',
		'https://metadata./v1',
		'https://metadata.google.internal/computeMetadata/v1',
		'https://metadata.google.internal./',
		'https://metadata.goog/',
		'https://METADATA.GOOG./',
		'https://db.internal/v1',
		'https://printer.local/v1',
		'https://router.home.arpa/',
		'https://1.0.0.127.in-addr.arpa/',
		'https://nas.lan/',
		'https://host.docker.internal/',
		'https://kubernetes.default.svc/',
		'https://kubernetes.default.svc.cluster.local/',
		'https://wiki.corp/',
	])('%s is refused as a name of a private network', (url) => {
		expect(refused(url)).toBe(HIDDEN);
	});

	it.each([
		'https://127.0.0.1.nip.io/',
		'https://app.10.0.0.1.nip.io/',
		'https://7f000001.nip.io/',
		'https://10-0-0-1.sslip.io/',
		'https://--1.sslip.io/',
		'https://8.8.8.8.xip.io/',
		'https://localtest.me/',
		'https://readme.localtest.me/',
		'https://LVH.me./',
		'https://x.vcap.me/',
		'https://lacolhost.com/',
		'https://7f000001.c0a80001.rbndr.us/',
		'https://127.0.0.1.example.com/',
		'https://a.192.168.0.1.b.example.com/',
		'https://169-254-169-254.example.com/',
		'https://ip-10-1-2-3.example.com/',
		'https://magic-172-16-0-1.example.com/',
		'https://1.10.0.0.1.example.com/',
	])('%s is refused as a name that spells an address', (url) => {
		expect(refused(url)).toBe(CHOSEN);
	});

	it.each([0, 1, 21, 22, 23, 25, 53, 110, 143, 389, 587, 993, 2049, 3306, 5060, 5432, 6379, 6667, 10080, 11211])(
		'port %i is refused',
		(port) => {
			expect(refused(`https://api.example.com:${port}/v1`)).toBe(PORT);
			expect(refusedPrivately(`http://10.0.0.1:${port}/v1`)).toBe(PORT);
		},
	);

	it.each([
		'https://user:secret@api.example.com/v1',
		'https://user@api.example.com',
		'https://:@api.example.com',
		'https://@api.example.com',
		'https://api.example.com:443@evil.example',
		'https://api.example.com%40evil.example@127.0.0.1/',
	])('%s is refused for its credentials', (url) => {
		expect(refused(url)).toBe(CREDENTIALS);
		expect(refusedPrivately(url)).toBe(CREDENTIALS);
	});

	it.each([
		'https:\\\\api.example.com',
		'https://api.example.com\\.evil.example',
		'https://api.example.com\\@evil.example/',
		'https:/api.example.com',
		'https:api.example.com',
		'https:///api.example.com',
		' https://api.example.com',
		'https://api.example.com\t.evil.example/',
		'https://api.exa\nmple.com/',
		'ht\ttps://api.example.com/',
		'\u0000https://api.example.com/',
		'https://%61pi.example.com/',
		'https://%31%32%37.0.0.1/',
	])('%j is refused since parsers may read it differently', (url) => {
		expect(refused(url)).toBe(OBSCURE);
		expect(refusedPrivately(url)).toBe(OBSCURE);
	});

	it.each(['https://switchyard.example/v1', 'https://SWITCHYARD.example./', 'https://switchyard.example:8443/v1'])(
		'%s is refused as this gateway itself',
		(url) => {
			expect(refused(url)).toBe('it points back at this gateway');
		},
	);

	it('is not its own where nobody knows the own one', () => {
		expect(refusedAddress('https://switchyard.example/v1', null)).toBeNull();
	});
});

describe('where the operator allows private upstreams', () => {
	it.each([
		'http://10.0.0.1/v1',
		'http://localhost:11434',
		'http://127.0.0.1:1234/v1',
		'http://[::1]:8080',
		'https://vllm.internal/v1',
		'http://gpu-1:8000/v1',
	])('%s may be called', (url) => {
		expect(refusedPrivately(url)).toBeNull();
	});

	it.each(['file:///etc/passwd', 'ftp://10.0.0.1', 'data:,x'])('%s may not', (url) => {
		expect(refusedPrivately(url)).toBe(SCHEME);
	});

	it.each([
		'http://localhost:8787/v1',
		'http://LOCALHOST.:8787',
		'http://127.0.0.1:8787',
		'http://127.1:8787',
		'http://2130706433:8787',
		'http://[::1]:8787',
		'http://[::ffff:127.0.0.1]:8787',
		'http://0.0.0.0:8787',
		'http://app.localhost:8787',
	])('%s may not, being this gateway', (url) => {
		expect(refusedPrivately(url)).toBe('it points back at this gateway');
	});
});

/** All that WHATWG, and `inet_aton` before it, read as this IPv4 address. */
const spellings = (bytes: readonly [number, number, number, number]): fc.Arbitrary<string> => {
	const number = (value: number): fc.Arbitrary<string> =>
		fc.constantFrom(
			String(value),
			`0x${value.toString(16)}`,
			`0X${value.toString(16).toUpperCase()}`,
			`0x000${value.toString(16)}`,
			`0${value.toString(8)}`,
			`000${value.toString(8)}`,
		);
	const [a, b, c, d] = bytes;
	const last = (from: number): number => bytes.slice(from).reduce((sum, byte) => sum * 256 + byte, 0);
	const parts = [[last(0)], [a, last(1)], [a, b, last(2)], [a, b, c, d]];
	return fc
		.constantFrom(...parts)
		.chain((some) => fc.tuple(...some.map(number)))
		.chain((texts) => fc.constantFrom('.', '。', '．').map((dot) => texts.join(dot)))
		.chain((text) => fc.constantFrom(text, `${text}.`, wide(text)));
};

/** Digits in full width, which IDNA maps back. */
const wide = (text: string): string => text.replace(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit)));

const mapped = ([a, b, c, d]: readonly [number, number, number, number]): string =>
	`[::ffff:${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}]`;

describe('every spelling', () => {
	const byte = fc.integer({ min: 0, max: 255 });
	const addresses = fc.oneof(
		fc.constant([127, 0, 0, 1] as const),
		fc.constant([169, 254, 169, 254] as const),
		fc.tuple(fc.constant(10), byte, byte, byte),
	);

	it('of a private address is refused', () => {
		fc.assert(
			fc.property(
				addresses.chain((address) =>
					fc.tuple(fc.oneof(spellings(address), fc.constant(mapped(address))), fc.boolean()),
				),
				([host, port]) => {
					expect(refused(`https://${host}${port ? ':8443' : ''}/v1`)).toBe(IP);
				},
			),
			{ numRuns: 500 },
		);
	});

	it('of one as labels of a public name is refused too', () => {
		const separator = fc.constantFrom('.', '-');
		const prefix = fc.constantFrom('', 'app.', 'ip-');
		fc.assert(
			fc.property(addresses, separator, prefix, (address, dot, before) => {
				expect(refused(`https://${before}${address.join(dot)}.example.com/`)).toBe(CHOSEN);
			}),
		);
	});

	it('of anything at all is either refused or leads, as it is parsed, to a public name over https', () => {
		fc.assert(
			fc.property(
				fc.oneof(
					fc.webUrl(),
					fc.string(),
					fc.string({ unit: 'binary' }).map((it) => `https://${it}`),
				),
				(url) => {
					if (refused(url) !== null) return;
					const { protocol, hostname, username, password } = new URL(url);
					expect([protocol, username, password]).toEqual(['https:', '', '']);
					expect(hostname).toMatch(/^[^:[\]]+\.[^.\d][^.]*\.?$/);
				},
			),
			{ numRuns: 1000 },
		);
	});
});
