import { useModels, useProviderKinds } from '../../data/queries';

/** Every provider a choice may name: those that take keys, and those whose models can be used already. */
export function useProviderIds(): string[] {
	const { data: kinds = [] } = useProviderKinds();
	const { data: models = [] } = useModels();
	return [...new Set([...models.map(({ provider }) => provider), ...kinds.map(({ id }) => id)])];
}
