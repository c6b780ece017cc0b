/** An organization's configuration as a file: without keys, and such that importing it changes nothing. */
import * as z from 'zod';
import { requireManage } from '../access';
import { type Agent, selectAgents } from '../agent-row';
import { configurationRow } from '../configuration-edit';
import type { ServiceContext } from '../context';
import type { CustomModelView } from '../custom-model-row';
import { listCustomModels } from '../custom-models';
import { type StoredProvider, selectProviders } from '../provider-row';
import { FORMAT } from './shapes';
import { yamlText } from './yaml-text';

export const exportInput = z.strictObject({ format: z.enum(['yaml', 'json']).exactOptional() }).optional();

export type ExportConfiguration = z.output<typeof exportInput>;

const nonEmpty = <T extends object>(value: T): boolean => Object.keys(value).length > 0;

const providerEntry = ({ provider, name, baseUrl, config, isActive, isDefault }: StoredProvider) => ({
	provider,
	name,
	...(baseUrl !== null && { baseUrl }),
	...(nonEmpty(config) && { config }),
	...(!isActive && { isActive }),
	...(isDefault && { isDefault }),
});

const customModelEntry = (view: CustomModelView) => ({
	provider: view.provider,
	model: view.model,
	...(view.displayName !== null && { displayName: view.displayName }),
	...(view.kind !== null && { kind: view.kind }),
	...(view.contextWindow !== null && { contextWindow: view.contextWindow }),
	...(view.inputLimit !== null && { inputLimit: view.inputLimit }),
	...(view.maxOutput !== null && { maxOutput: view.maxOutput }),
	...(nonEmpty(view.capabilities) && { capabilities: view.capabilities }),
	...(view.prices !== null && { prices: view.prices }),
});

const agentEntry = ({
	name,
	description,
	model,
	fallbacks,
	settings,
	routing,
	context,
	embeddingModel,
	requires,
	prompt,
}: Agent) => ({
	name,
	...(description !== null && { description }),
	model,
	...(fallbacks.length > 0 && { fallbacks: [...fallbacks] }),
	...(nonEmpty(settings) && { settings }),
	...(nonEmpty(routing) && { routing }),
	...(nonEmpty(context) && { context }),
	...(embeddingModel !== null && { embeddingModel }),
	...(requires.length > 0 && { requires: [...requires] }),
	...(prompt !== null && { prompt }),
});

/** Parts that say nothing are left out. */
async function documentOf(ctx: ServiceContext): Promise<object> {
	const [{ configuration }, rows, customModels, agents] = await Promise.all([
		configurationRow(ctx),
		selectProviders(ctx),
		listCustomModels(ctx),
		selectAgents(ctx),
	]);
	const providers = rows.filter((row) => row.removedAt === null).map(providerEntry);
	const slugs = Object.fromEntries(agents.map((agent) => [agent.slug, agentEntry(agent)]));
	return {
		...(providers.length > 0 && { providers }),
		...(customModels.length > 0 && { customModels: customModels.map(customModelEntry) }),
		...configuration,
		...(nonEmpty(slugs) && { agents: slugs }),
	};
}

const HEAD = `# Provider keys are never exported: give apiKey where a row is new.
`;

/** Throws `forbidden` without `manage`. */
export async function exportConfiguration(
	ctx: ServiceContext,
	{ format = 'yaml' }: NonNullable<ExportConfiguration> = {},
): Promise<{ readonly format: 'yaml' | 'json'; readonly document: string }> {
	requireManage(ctx);
	const document = { switchyard: FORMAT, ...(await documentOf(ctx)) };
	if (format === 'json') return { format, document: `${JSON.stringify(document, null, 2)}\n` };
	return { format, document: HEAD + yamlText(document) };
}
