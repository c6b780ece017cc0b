/** What a stored configuration says in vain. Pure. */
import type { Warning } from '../language/request';
import type { OpenedKeys } from './credentials';
import { type Effective, inForce } from './resolve';
import type { ConfigurationRows } from './rows';

type Known = Pick<Effective, 'profiles' | 'aliases'>;

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

function ofAgent({ agent }: ConfigurationRows, { profiles }: Known): readonly Warning[] {
	if (!agent?.profile || agent.preferences?.provider || profiles[agent.profile]) return [];
	const message = `There is no profile '${agent.profile}' in force: the agent follows the default.`;
	return [warning(`agents.${agent.slug}.profile`, message)];
}

function ofOrganization(rows: ConfigurationRows, { profiles, aliases }: Known): readonly Warning[] {
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
	];
}

const ofProfiles = ({ organization, providers }: ConfigurationRows): readonly Warning[] =>
	Object.entries(organization.configuration.profiles ?? {}).flatMap(([name, { provider, keyRef }]) => {
		if (keyRef === undefined) return [];
		if (providers.some((row) => row.provider === provider && row.name === keyRef)) return [];
		const message = `There is no active ${provider} key '${keyRef}': the provider's first is used.`;
		return [warning(`llmConfiguration.profiles.${name}.keyRef`, message)];
	});
