/** The text of `docs/providers.md`: the registry and its capability tables, printed. */
import { CAPABILITIES, type Capability, type Support } from '../src/providers/capability';
import type { ConfigField, ProviderConfig } from '../src/providers/config';
import { type FitTarget, statedSupport } from '../src/providers/fit';
import { findProvider, providerIds, wires } from '../src/providers/index';
import type { AlternativeWire, Provider, Wire } from '../src/providers/provider';

/** What each part of a request is, in a word. */
const PARTS: Readonly<Record<Capability, string>> = {
	'messages.system': 'instructions ahead of the conversation',
	'messages.systemMidway': 'instructions in the middle of it',
	'messages.name': 'name of a user',
	'image.url': 'image by its URL',
	'image.data': 'image inline',
	'image.fileId': 'image by file id',
	'file.url': 'file by its URL',
	'file.data': 'file inline',
	'file.fileId': 'file by file id',
	audio: 'audio',
	tools: 'tools',
	'tools.strict': 'arguments held to the schema',
	'tools.parallelResults': 'several results in one turn',
	'tools.resultError': 'a failed tool marked as such',
	'tools.resultImage': 'image in a result',
	'toolChoice.none': 'no call',
	'toolChoice.required': 'some call',
	'toolChoice.named': 'a call of one tool',
	parallelToolCalls: 'one call at most',
	'responseFormat.json': 'JSON',
	'responseFormat.schema': 'JSON by a schema',
	maxTokens: 'most output tokens',
	temperature: '',
	topP: '',
	topK: '',
	stop: 'stop sequences',
	seed: '',
	presencePenalty: '',
	frequencyPenalty: '',
	logprobs: 'log probabilities',
	'reasoning.effort': 'effort of reasoning',
	'reasoning.budget': 'tokens for reasoning',
	'reasoning.replay': 'signed reasoning of earlier turns',
	cache: 'explicit cache breakpoints',
	user: 'id of the end user',
	metadata: '',
};

/** How the variable of each setting ends; `auth` follows from which key is given. */
export const VARIABLE_ENDINGS: Readonly<Record<Exclude<ConfigField, 'auth'>, string>> = {
	region: 'REGION',
	apiVersion: 'API_VERSION',
	deployments: 'DEPLOYMENTS',
	accountId: 'ACCOUNT_ID',
	organization: 'ORGANIZATION',
	project: 'PROJECT',
	referer: 'REFERER',
	title: 'TITLE',
	billTo: 'BILL_TO',
};

/** In the place of what only an operator knows. */
const PLACEHOLDERS: ProviderConfig = { region: '<region>', accountId: '<account>' };

const INTRODUCTION = `# Providers

Made by \`node scripts/providers-doc.mjs\` from \`src/providers\`; the same tables decide what becomes of a request (\`src/providers/fit.ts\`). Do not edit.

A provider is used once it has a key (or needs none): from the environment, or from a row of \`/api/v1/llm-providers\`. Besides what is listed, each has \`<ID>_BASE_URL\` (in place of its address, path included), \`DEFAULT_<ID>_MODEL\` (or \`<ID>_MODEL\`), \`DEFAULT_<ID>_EMBEDDING_MODEL\` where it embeds, and \`<ID>_DEBUG\`.`;

const OTHER_PATHS = `\`/v1/providers/{provider}/{path}\` sends any other request on to the provider, with its key, as it is. An organization with a key of its own may call every path, and so may the operator. With the key of the environment, which many share, these paths are open: they keep nothing in the account (\`*\` stands for anything).`;

const LEGEND = `## What becomes of a request

| | |
|---|---|
| ✓ | as asked |
| ≈ | given in another way or in part: a warning in the answer says so |
| – | left out, with a warning |
| ✗ | \`invalid_request\` before any call, since an answer without it would mislead |

- With \`strict\`, ≈ and – are refused too.
- What holds anyway is never warned of: \`temperature\` or \`topP\` of 1, penalties of 0, an effort of \`none\` asked of a model that never reasons.
- A cache breakpoint is a hint that changes no answer: where it can't be given (most of these providers cache by themselves) it goes in silence, strict or not. So does signed reasoning of turns that are over.
- The model narrows its provider's table, as far as the catalog knows it: no images, audio, files or tools where it takes none (✗); no \`temperature\`, \`topP\`, \`topK\` where it does not sample and no reasoning where it has none (–); schemas in another way where it has no native ones (≈). A model in no catalog is held to nothing.
- Refused for every provider: a tool call without its result, a result without its call, an id for two calls, two tools of one name, a tool without a name or with arguments that are no object, a choice of a tool that is not there, inline media that are no base64 or have no media type.`;

interface Column {
	readonly provider: Provider;
	readonly wire: Wire;
	readonly alternative?: AlternativeWire;
}

const registered: Readonly<Record<string, Wire>> = wires;
const listed: readonly Provider[] = providerIds.flatMap((id) => findProvider(id) ?? []);

const columns: readonly Column[] = listed.flatMap((provider): Column[] => {
	const own = registered[provider.wire];
	const others = (provider.alternatives ?? []).flatMap((alternative): Column[] => {
		const wire = registered[alternative.wire];
		return wire ? [{ provider, wire, alternative }] : [];
	});
	return own ? [{ provider, wire: own }, ...others] : others;
});

const code = (text: string): string => `\`${text}\``;
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
	[row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');

export const prefixOf = ({ id }: Pick<Provider, 'id'>): string => id.toUpperCase().replaceAll('-', '_');

/** The whole page. Pure. */
export function providersPage(): string {
	const used = Object.values(registered).filter((wire) => columns.some((column) => column.wire === wire));
	return `${[INTRODUCTION, addresses(), defaults(), otherPaths(), LEGEND, ...used.map(wireTable)].join('\n\n')}\n`;
}

function addresses(): string {
	const rows = listed.map((provider) => [
		code(provider.id),
		provider.label,
		addressOf(provider),
		keyOf(provider),
		variablesOf(provider).map(code).join(', '),
	]);
	return `## Addresses and keys\n\n${table(['id', 'provider', 'address', 'key', 'variables'], rows)}`;
}

function addressOf({ baseUrl, routing, builtin }: Provider): string {
	if (builtin) return 'inside the Worker';
	const address = baseUrl ?? routing?.baseUrl?.(PLACEHOLDERS) ?? null;
	return address === null ? 'to be configured' : code(address);
}

function keyOf({ auth }: Provider): string {
	switch (auth.kind) {
		case 'none':
			return 'none';
		case 'bearer':
			return 'bearer';
		case 'optional':
			return 'bearer, where there is one';
		case 'header':
			return `header ${code(auth.name)}${auth.entra ? ', or an Entra token as bearer' : ''}`;
		case 'aws':
			return `SigV4 (${auth.service}), or bearer`;
	}
}

function variablesOf(provider: Provider): string[] {
	const prefix = prefixOf(provider);
	const { auth, config = [] } = provider;
	const key = auth.kind === 'none' ? [] : [`${prefix}_API_KEY`];
	const entra = auth.kind === 'header' && auth.entra ? [`${prefix}_AD_TOKEN`] : [];
	const pair = auth.kind === 'aws' ? ['ACCESS_KEY_ID', 'SECRET_ACCESS_KEY', 'SESSION_TOKEN'] : [];
	const settings = config.flatMap((field) => (field === 'auth' ? [] : VARIABLE_ENDINGS[field]));
	return [...key, ...entra, ...[...pair, ...settings].map((ending) => `${prefix}_${ending}`)];
}

function defaults(): string {
	const rows = listed.map((provider) => [
		code(provider.id),
		code(provider.defaultModel),
		provider.embeddings ? code(provider.embeddings.defaultModel) : 'none',
		provider.embeddings ? String(provider.embeddings.maxInputs) : '',
		[code(provider.wire), ...(provider.alternatives ?? []).map(alternativeOf)].join('; '),
		remarksOf(provider).join('; '),
	]);
	const head = ['id', 'chat model', 'embedding model', 'inputs a call', 'wire', 'besides'];
	return `## Models and wires\n\n${table(head, rows)}`;
}

/** What `/v1/providers/{provider}/{path}` is open for to everyone. */
function otherPaths(): string {
	const lines = listed.flatMap(({ id, passthrough = [] }) =>
		passthrough.length > 0 ? [`- ${code(id)}: ${passthrough.map(code).join(', ')}`] : [],
	);
	return `## Other paths\n\n${OTHER_PATHS}\n\n${lines.join('\n')}`;
}

function alternativeOf({ wire, models, toolModels, sealedReasoning }: AlternativeWire): string {
	const when = [
		...(models ? [`for ${models.map(code).join(', ')}`] : []),
		...(toolModels ? [`for tools with ${toolModels.map(code).join(', ')}`] : []),
		...(sealedReasoning ? ['where reasoning is kept sealed'] : []),
	];
	return `${code(wire)} ${when.join(' and ')}`;
}

function remarksOf({ liveModels, counting, local, named }: Provider): string[] {
	return [
		...(liveModels ? [`models listed live${liveModels.public ? ', without a key' : ''}`] : []),
		...(counting ? ['counts tokens itself'] : []),
		...(local ? ['private addresses and http are fine'] : []),
		...(named ? ["each row is a server of its own, addressed by the row's name"] : []),
	];
}

/** A wire's capabilities, a column for each provider on it. */
function wireTable(wire: Wire): string {
	const here = columns.filter((column) => column.wire === wire);
	const notes: string[] = [];
	const rows = CAPABILITIES.map((capability) => [
		`${code(capability)}${PARTS[capability] && ` ${PARTS[capability]}`}`,
		...here.map((column) => mark(statedSupport(capability, targetOf(column)), notes)),
	]);
	const head = ['', ...here.map(({ provider }) => provider.id)];
	const list = notes.map((note, index) => `${index + 1}. ${cell(note)}`).join('\n');
	return [`### ${code(wire.id)}`, table(head, rows), ...(list ? [list] : [])].join('\n\n');
}

const targetOf = ({ provider, wire }: Column): Pick<FitTarget, 'provider' | 'wire'> => ({ provider, wire });

function mark(support: Support, notes: string[]): string {
	if (support === 'exact') return '✓';
	if ('refused' in support) return `✗${noted(support.refused, notes)}`;
	return 'lossy' in support ? `≈${noted(support.lossy, notes)}` : `–${noted(support.dropped, notes)}`;
}

function noted(text: string, notes: string[]): string {
	if (!notes.includes(text)) notes.push(text);
	return ` <sup>${notes.indexOf(text) + 1}</sup>`;
}
