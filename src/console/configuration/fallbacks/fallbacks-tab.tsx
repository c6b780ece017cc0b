import { Center, Loader, Stack } from '@mantine/core';
import { FailureAlert } from '../../failure/failure-alert';
import { useFallbacks, useOwnConfiguration } from '../queries';
import { DefaultChain } from './default-chain';
import { EmbeddingModel } from './embedding-model';
import { ModelChains } from './model-chains';

export function FallbacksTab() {
	const { data, error, refetch } = useFallbacks();
	const mayChange = useOwnConfiguration();
	if (error && !data)
		return <FailureAlert failure={error} title="The fallbacks could not be read" retry={() => void refetch()} />;
	if (!data)
		return (
			<Center p="xl">
				<Loader aria-label="Loading the fallbacks" />
			</Center>
		);
	return (
		<Stack gap="xl">
			<DefaultChain fallbacks={data} mayChange={mayChange} />
			<ModelChains fallbacks={data} mayChange={mayChange} />
			<EmbeddingModel fallbacks={data} mayChange={mayChange} />
		</Stack>
	);
}
