/**
 * Which variables the Worker gets, and how they reach it: an env file that wrangler reads with dotenv and
 * dotenv-expand, so that no value is ever on a command line.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const NAMES = [
	'DEFAULT_PROVIDER',
	'MODEL_PROVIDER',
	'FALLBACK_CHAIN',
	'ADMIN_API_KEY',
	'JWT_SECRET',
	'JWT_JWKS_URL',
	'JWT_ISSUER',
	'JWT_AUDIENCE',
	'LLM_ENCRYPTION_KEY',
	'LLM_ENCRYPTION_KEYS_OLD',
	'LLM_RATE_LIMIT_PER_MINUTE',
	'LLM_RATE_LIMIT_PER_DAY',
	'LLM_USAGE_RETENTION_DAYS',
	'LLM_DAILY_COST_ALERT_THRESHOLD',
	'LLM_FIRST_EVENT_TIMEOUT_MS',
	'LLM_IDLE_TIMEOUT_MS',
	'LLM_TOTAL_TIMEOUT_MS',
	'LLM_MAX_ATTEMPTS',
	'LLM_BREAKER_FAILURES',
	'LLM_BREAKER_COOLDOWN_MS',
	'LLM_USAGE_FLUSH_MS',
	'LOG_LEVEL',
	'CORS_ORIGINS',
	'ALLOW_PRIVATE_UPSTREAMS',
];

/** The variables of the provider that a file of `src/providers` declares; none where it declares no provider. */
function familyOf(source) {
	const [, id] = /^\tid: '([a-z0-9-]+)',$/m.exec(source) ?? [];
	if (id === undefined) return [];
	const name = id.toUpperCase().replaceAll('-', '_');
	const [, config = ''] = /^\tconfig: \[([^\]]*)\]/m.exec(source) ?? [];
	// Which `auth` it is follows from the key that is given.
	const fields = [...config.matchAll(/'(\w+)'/g)].map(([, field]) => field).filter((field) => field !== 'auth');
	const settings = fields.map((field) => field.replace(/[A-Z]/g, '_$&').toUpperCase());
	const pair = /\bkind: 'aws'/.test(source) ? ['ACCESS_KEY_ID', 'SECRET_ACCESS_KEY', 'SESSION_TOKEN'] : [];
	const token = /\bentra: true/.test(source) ? ['AD_TOKEN'] : [];
	const pool = ['WEIGHT', 'RESIDENCY', 'REQUESTS_PER_MINUTE', 'TOKENS_PER_MINUTE'];
	const endings = ['API_KEY', 'BASE_URL', 'MODEL', 'DEBUG', ...pool, ...settings, ...pair, ...token];
	return [...endings.map((ending) => `${name}_${ending}`), `DEFAULT_${name}_MODEL`, `DEFAULT_${name}_EMBEDDING_MODEL`];
}

/** Every variable the Worker may be handed. */
export function workerVariableNames(root) {
	const folder = join(root, 'src/providers');
	const files = readdirSync(folder).filter((file) => file.endsWith('.ts'));
	return new Set([...NAMES, ...files.flatMap((file) => familyOf(readFileSync(join(folder, file), 'utf8')))]);
}

/** The layers, later ones winning, cut down to `names`. */
export function selectVariables(names, ...layers) {
	const chosen = {};
	for (const layer of layers) {
		for (const [name, value] of Object.entries(layer)) {
			if (names.has(name) && value !== undefined) chosen[name] = value;
		}
	}
	return chosen;
}

// dotenv 16's own grammar: what it reads differently from us would reach the Worker changed.
const LINE =
	/^\s*(?:export\s+)?([\w.-]+)(?:\s*=\s*?|:\s+?)(\s*'(?:\\'|[^'])*'|\s*"(?:\\"|[^"])*"|\s*`(?:\\`|[^`])*`|[^#\r\n]+)?\s*(?:#.*)?$/gm;

/** Reads `.dev.vars` as wrangler does (no expansion). */
export function parseVariables(text) {
	const variables = {};
	for (const [, name, raw = ''] of text.replace(/\r\n?/g, '\n').matchAll(LINE)) {
		const trimmed = raw.trim();
		const value = trimmed.replace(/^(['"`])([\s\S]*)\1$/gm, '$2');
		variables[name] = trimmed.startsWith('"') ? value.replaceAll('\\n', '\n').replaceAll('\\r', '\r') : value;
	}
	return variables;
}

// A backslash before a closing quote would let the value run on into the next line.
const SPELLINGS = [
	{ fits: /^[^'\r]*(?<!\\)$/, spell: (value) => `'${value}'` },
	{ fits: /^[^`\r]*(?<!\\)$/, spell: (value) => `\`${value}\`` },
	{ fits: /^(?:[^"\\]|\\+(?=\r))*$/, spell: (value) => `"${value.replaceAll('\n', '\\n').replaceAll('\r', '\\r')}"` },
	{ fits: /^[^\s'"`#](?:[^\r\n#]*[^\s#])?$/, spell: (value) => value },
];

function spellPlainly(name, value) {
	const escaped = value.replaceAll('$', '\\$');
	const spelling = SPELLINGS.find(({ fits }) => fits.test(escaped));
	return spelling && `${name}=${spelling.spell(escaped)}\n`;
}

function spellByParts(name, value) {
	let helpers = '';
	const parts = value.split(/(\\*['\r]|\\+$)/).map((part, at) => {
		if (at % 2 === 0) return part.replaceAll('$', '\\$');
		const helper = `${name}_PART_${at}`;
		helpers += spellPlainly(helper, part);
		return `\${${helper}}`;
	});
	return `${helpers}${name}='${parts.join('')}'\n`;
}

/** The text of an env file from which wrangler reads exactly `variables`. */
export function envFileText(variables) {
	return Object.entries(variables)
		.map(([name, value]) => spellPlainly(name, value) ?? spellByParts(name, value))
		.join('');
}
