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
	'BEDROCK_REGION',
	'BEDROCK_ACCESS_KEY_ID',
	'BEDROCK_SECRET_ACCESS_KEY',
	'BEDROCK_SESSION_TOKEN',
	'AZURE_OPENAI_AD_TOKEN',
	'AZURE_OPENAI_API_VERSION',
	'AZURE_OPENAI_DEPLOYMENTS',
	'WORKERS_AI_ACCOUNT_ID',
	'OPENAI_ORGANIZATION',
	'OPENAI_PROJECT',
	'OPENROUTER_REFERER',
	'OPENROUTER_TITLE',
	'HUGGINGFACE_BILL_TO',
];

/** Providers whose variables are documented; those found in `src/providers` are added. */
const PROVIDERS = [
	'openai',
	'anthropic',
	'google',
	'azure-openai',
	'bedrock',
	'mistral',
	'groq',
	'openrouter',
	'meta-llama',
	'cohere',
	'deepseek',
	'huggingface',
	'workers-ai',
	'ollama',
	'lmstudio',
	'localai',
	'transformers',
	'custom',
	'mock',
];

const familyOf = (id) => {
	const name = id.toUpperCase().replaceAll('-', '_');
	return [
		`${name}_API_KEY`,
		`${name}_BASE_URL`,
		`${name}_MODEL`,
		`${name}_DEBUG`,
		`DEFAULT_${name}_MODEL`,
		`DEFAULT_${name}_EMBEDDING_MODEL`,
	];
};

/** Ids that the provider files of this checkout declare. */
function declaredProviders(root) {
	const folder = join(root, 'src/providers');
	return readdirSync(folder, { withFileTypes: true })
		.filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
		.flatMap((entry) => [...readFileSync(join(folder, entry.name), 'utf8').matchAll(/^\s*id: '([a-z0-9-]+)',?$/gm)])
		.map((match) => match[1]);
}

/** Every variable the Worker may be handed. */
export function workerVariableNames(root) {
	return new Set([...NAMES, ...[...PROVIDERS, ...declaredProviders(root)].flatMap(familyOf)]);
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
