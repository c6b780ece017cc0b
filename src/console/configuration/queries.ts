/** What an organization decides for itself, and what follows from all layers together. */
import { useQuery } from '@tanstack/react-query';
import { useChange, useModels } from '../data/queries';
import type { Model, Question } from '../data/types';
import { useSignedIn } from '../session/session';
import type { ModelInputProps } from '../ui/model-input';

export function useProfiles() {
	const { client, organization } = useSignedIn();
	return useQuery({
		queryKey: [organization, 'configuration', 'profiles'],
		queryFn: () => client.trpc.profiles.list.query(),
	});
}

export function useAliases() {
	const { client, organization } = useSignedIn();
	return useQuery({
		queryKey: [organization, 'configuration', 'aliases'],
		queryFn: () => client.trpc.aliases.list.query(),
	});
}

export function useFallbacks() {
	const { client, organization } = useSignedIn();
	return useQuery({
		queryKey: [organization, 'configuration', 'fallbacks'],
		queryFn: () => client.trpc.fallbacks.get.query(),
	});
}

export function useCustomModels() {
	const { client, organization } = useSignedIn();
	return useQuery({
		queryKey: [organization, 'configuration', 'models'],
		queryFn: () => client.trpc.customModels.list.query(),
	});
}

/** The one that is acted on. */
export function useOrganization() {
	const { client, organization } = useSignedIn();
	return useQuery({
		queryKey: [organization, 'organization', 'own'],
		queryFn: () => client.organizations.get.query(),
	});
}

/** False as long as it is not known: nothing is offered that would be refused. */
export const useOwnConfiguration = (): boolean => useOrganization().data?.configurationInForce ?? false;

export function useExplanation(question: Question) {
	const { client, organization } = useSignedIn();
	return useQuery({
		queryKey: [organization, 'explanation', question],
		queryFn: () => client.trpc.config.explain.query(question),
		placeholderData: (before) => before,
	});
}

/** Names beside the models themselves, for inputs that take one. `alone`: profiles and aliases without `default`. */
export function useModelNames(alone = false): NonNullable<ModelInputProps['before']> {
	const { data: profiles = [] } = useProfiles();
	const { data: aliases = [] } = useAliases();
	return [
		{ group: 'Profiles', items: [...(alone ? [] : ['default']), ...profiles.map(({ name }) => `profile:${name}`)] },
		{ group: 'Aliases', items: aliases.map(({ name }) => name) },
	];
}

/** Of a model by whatever name it goes; undefined: it is not known what that stands for. */
export function useModelBehind(name: string): Model | undefined {
	const { data: models = [] } = useModels();
	const { data: profiles = [] } = useProfiles();
	const { data: aliases = [] } = useAliases();
	const followed = aliases.find((alias) => alias.name === name)?.leadsTo ?? name;
	const profile = profiles.find((one) => `profile:${one.name}` === followed);
	const id = profile ? `${profile.provider}/${profile.model}` : followed;
	return models.find((model) => model.id === id);
}

export const useConfigurationChange = <Input, Output>(change: (input: Input) => Promise<Output>) =>
	useChange('configuration', change);
