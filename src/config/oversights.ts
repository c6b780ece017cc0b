/** What a stored configuration says in vain. Pure. */
import type { Warning } from '../language/request';
import type { OpenedKeys } from './credentials';
import { type Effective, inForce } from './resolve';
import type { ConfigurationRows } from './rows';
import type { StoredContext } from './stored-context';

type Known = Pick<Effective, 'profiles' | 'aliases' | 'agent' | 'context'>;

const warning = (field: string, message: string): Warning => ({ field, message });

/** Each names its place as the administrator wrote it. */
export function oversightsOf(rows: ConfigurationRows, known: Known, keys: OpenedKeys): readonly Warning[] {
	return [...ofKeys(rows, keys), ...ofAgent(rows, known), ...ofOrganization(rows, known)];
}

const ofKeys = ({ providers }: ConfigurationRows, keys: OpenedKeys): readonly Warning[] =>
	providers
		.filter(({ id, sealedApiKey }) => sealedApiKey !== null && (keys.get(id) ?? null) === null)
		.map(({ provider, name }) =>
			warning(`providers.${name}`, `The ${provider} key '${name}' can't be opened and is left out: store it again.`),
		);

function ofAgent({ agent }: ConfigurationRows, known: Known): readonly Warning[] {
	if (!agent) return [];
	const field = `agents.${agent.slug}`;
	const message = `There is no profile '${agent.profile}' in force: the agent follows the default.`;
	const follows = agent.profile && !agent.preferences?.provider && !known.profiles[agent.profile];
	return [
		...(follows ? [warning(`${field}.profile`, message)] : []),
		...ofContext(`${field}.context`, agent.context, known.agent?.choice, known),
	];
}

const TRIMMED = 'what does not fit is trimmed, not summarized';

/** Who is to summarize, where nobody is named. `field`: of the policy. */
export function unsummarized(field: string, said: StoredContext, summarizer: unknown): readonly Warning[] {
	if (said.mode !== 'summarize' || summarizer !== undefined) return [];
	return [warning(`${field}.mode`, `Mode 'summarize' has no summarizer: ${TRIMMED}. Name one.`)];
}

function ofContext(
	field: string,
	said: StoredContext | undefined,
	{ context }: Pick<Effective, 'context'> = {},
	{ profiles, aliases }: Known,
): readonly Warning[] {
	if (said === undefined) return [];
	const [, lost] = /^profile:(.*)$/.exec(aliases[said.summarizer ?? ''] ?? said.summarizer ?? '') ?? [];
	const message = `There is no profile '${lost}' in force: ${TRIMMED}.`;
	return [
		...unsummarized(field, said, context?.summarizer),
		...(lost !== undefined && !profiles[lost] ? [warning(`${field}.summarizer`, message)] : []),
	];
}

function ofOrganization(rows: ConfigurationRows, known: Known): readonly Warning[] {
	const { profiles, aliases } = known;
	const { configuration } = rows.organization;
	if (!inForce(rows)) {
		const message = "Plan free: the organization's own configuration is not in force.";
		return Object.keys(configuration).length > 0 ? [warning('llmConfiguration', message)] : [];
	}
	const { defaultProfile, aliases: named = {} } = configuration;
	const unknown = defaultProfile !== undefined && !profiles[defaultProfile];
	return [
		...(unknown
			? [
					warning(
						'llmConfiguration.defaultProfile',
						`There is no profile '${defaultProfile}': the global default is used.`,
					),
				]
			: []),
		...Object.keys(named)
			.filter((name) => aliases[name] === undefined)
			.map((name) => warning(`llmConfiguration.aliases.${name}`, `Alias '${name}' leads back to itself.`)),
		...ofProfiles(rows),
		...ofContext('llmConfiguration.context', configuration.context, known, known),
		...Object.entries(configuration.profiles ?? {}).flatMap(([name, { context }]) =>
			ofContext(`llmConfiguration.profiles.${name}.context`, context, known.profiles[name], known),
		),
	];
}

const ofProfiles = ({ organization, providers }: ConfigurationRows): readonly Warning[] =>
	Object.entries(organization.configuration.profiles ?? {}).flatMap(([name, { provider, keyRef }]) => {
		if (keyRef === undefined) return [];
		if (providers.some((row) => row.provider === provider && row.name === keyRef)) return [];
		const message = `There is no active ${provider} key '${keyRef}': the provider's first is used.`;
		return [warning(`llmConfiguration.profiles.${name}.keyRef`, message)];
	});
