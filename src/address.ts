/**
 * Where a tenant's URL may lead. Pure; a Worker can't resolve or pin DNS, so a public name that points at a private
 * network must be closed off by the network's own allow-list.
 */

/** Names that no public DNS gives, and those of networks' own services. */
const PRIVATE_SUFFIXES = [
	...['local', 'localhost', 'localdomain', 'internal', 'intranet', 'private', 'corp', 'home', 'lan', 'arpa', 'svc'],
	...['metadata.goog', 'metadata.tencentyun.com'],
];

/** Services whose every name is an address of the asker's choice, or of its own machine. */
const WILDCARD_DNS = [
	...['nip.io', 'sslip.io', 'xip.io', 'xip.name', 'backname.io', 'traefik.me', 'rbndr.us', '1u.ms'],
	...['localtest.me', 'lvh.me', 'vcap.me', 'lacolhost.com', 'local.gd', 'lcl.host', 'fuf.me', 'localho.st', 'ulh.us'],
	'127-0-0-1.org.uk',
];

/** "Bad ports" of the Fetch standard (https://fetch.spec.whatwg.org/#port-blocking): other protocols answer there. */
const BAD_PORTS: ReadonlySet<number> = new Set([
	...[0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109],
	...[
		110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531,
	],
	...[532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060],
	...[5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080],
	// Databases and caches that take what looks like their own protocol out of an HTTP request.
	...[2375, 2379, 3306, 5432, 6379, 9200, 11211, 27017],
]);

const IPV4 = /^\d{1,3}(\.\d{1,3}){3}$/;
/** Scheme, then an authority in plain characters: what a parser would strip, turn or decode is not there. */
const PLAIN = /^https?:\/\/[^\s\\/?#@%\p{Cc}]+(?:[/?#]|$)/iu;
const CREDENTIALS = /^[a-z]+:\/\/[^/?#\\]*@/i;

const under = (host: string, domains: readonly string[]): boolean =>
	domains.some((domain) => host === domain || host.endsWith(`.${domain}`));

/** Not routed on the public network: RFC 6890 and its like. */
function isPrivate([a = 0, b = 0]: readonly number[]): boolean {
	if (a === 0 || a === 10 || a === 127 || a >= 224) return true;
	if (a === 100) return b >= 64 && b < 128;
	if (a === 172) return b >= 16 && b < 32;
	if (a === 192) return b === 168 || b === 0;
	return (a === 169 && b === 254) || (a === 198 && (b === 18 || b === 19));
}

/** `10.0.0.1.example.com`, `10-0-0-1.example.com`: names that servers of their kind answer with that very address. */
function spellsPrivate(host: string): boolean {
	const quads = host.matchAll(/(?=(?:^|[.-])(\d{1,3})[.-](\d{1,3})[.-](\d{1,3})[.-](\d{1,3})(?:[.-]|$))/g);
	for (const [, ...parts] of quads) {
		const bytes = parts.map(Number);
		if (bytes.every((byte) => byte < 256) && isPrivate(bytes)) return true;
	}
	return false;
}

/** As WHATWG parsing writes them; `::ffff:7f…` is 127… in IPv6. */
const LOOPBACK =
	/^(?:(?:.+\.)?localhost|127(?:\.\d{1,3}){3}|0\.0\.0\.0|\[::1?\]|\[::ffff:7f[\da-f]{2}:[\da-f]{1,4}\])$/;

/** A machine's names for itself as one. */
const canonical = (host: string): string => (LOOPBACK.test(host) ? 'localhost' : host);

function parsedUrl(text: string): URL | null {
	try {
		return new URL(text);
	} catch {
		return null;
	}
}

const hostOf = ({ hostname }: URL): string => hostname.toLowerCase().replace(/\.+$/, '');

/** Ports of one public name lead to one service; on a private network many stand behind one name. */
function isOwn(url: URL, ownHost: string | null, allowPrivate: boolean): boolean {
	const own = ownHost === null ? null : parsedUrl(`${url.protocol}//${ownHost}`);
	if (own === null || canonical(hostOf(own)) !== canonical(hostOf(url))) return false;
	return !allowPrivate || own.port === url.port;
}

function notPublic(url: URL): string | null {
	const host = hostOf(url);
	if (url.protocol !== 'https:') return 'only https is allowed';
	if (IPV4.test(host) || host.startsWith('[')) return 'IP addresses are not allowed';
	if (!host.includes('.') || under(host, PRIVATE_SUFFIXES)) return 'the host is not public';
	if (under(host, WILDCARD_DNS) || spellsPrivate(host)) return 'the host stands for an address of its own choice';
	return null;
}

/**
 * Why a tenant's URL may not be called, in words; null where it may. `ownHost` is where this Worker is served (host and
 * port). With `allowPrivate` http and private hosts are allowed, but no other scheme, no credentials and no own host.
 */
export function refusedAddress(url: string, ownHost: string | null, allowPrivate = false): string | null {
	if (CREDENTIALS.test(url)) return 'it holds credentials';
	const parsed = parsedUrl(url);
	if (parsed === null) return 'it is not a URL';
	if (parsed.protocol !== 'https:' && parsed.protocol !== 'http:') return 'only https is allowed';
	if (!PLAIN.test(url)) return 'it is not written plainly';
	if (!allowPrivate) {
		const reason = notPublic(parsed);
		if (reason !== null) return reason;
	}
	if (parsed.port !== '' && BAD_PORTS.has(Number(parsed.port))) return 'the port belongs to another protocol';
	return isOwn(parsed, ownHost, allowPrivate) ? 'it points back at this gateway' : null;
}
