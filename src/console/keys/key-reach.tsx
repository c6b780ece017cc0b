import { Checkbox, Fieldset, Input, MultiSelect, Stack, TagsInput } from '@mantine/core';
import { useAgents, useModels, useProviderKinds, useProviders } from '../data/queries';
import type { KeyFieldsProps } from './key-form';

/** What a key lets through; an empty list is no limit. */
export function ReachFields({ draft, errorAt, change }: KeyFieldsProps) {
	const { data: models = [] } = useModels();
	const { data: agents = [] } = useAgents();
	const { data: kinds = [] } = useProviderKinds();
	const { data: rows = [] } = useProviders();
	const patterns = [...new Set(models.map(({ provider }) => `${provider}/*`))];
	const servers = rows.filter(({ provider }) => kinds.some(({ id, named }) => named && id === provider));
	const providers = new Set([...models.map(({ provider }) => provider), ...servers.map(({ name }) => name)]);
	return (
		<Fieldset legend="What it may do">
			<Stack gap="sm">
				<Input.Wrapper labelElement="div" label="Scopes" error={errorAt('scopes')}>
					<Stack gap="xs" mt={4}>
						<Checkbox
							label="inference: calls models"
							checked={draft.inference}
							onChange={(event) => change({ inference: event.currentTarget.checked })}
						/>
						<Checkbox
							label="manage: administers the organization, as an admin does"
							checked={draft.manage}
							onChange={(event) => change({ manage: event.currentTarget.checked })}
						/>
					</Stack>
				</Input.Wrapper>
				<TagsInput
					label="Allowed models"
					description="Empty: all. Patterns such as openai/* or mock/echo"
					data={[...patterns, ...models.map(({ id }) => id)]}
					limit={60}
					maxDropdownHeight={240}
					value={[...draft.allowedModels]}
					error={errorAt('allowedModels')}
					onChange={(allowedModels) => change({ allowedModels })}
				/>
				<TagsInput
					label="Allowed providers"
					description="Empty: all. Providers, or names of your own servers"
					data={[...providers]}
					maxDropdownHeight={240}
					value={[...draft.allowedProviders]}
					error={errorAt('allowedProviders')}
					onChange={(allowedProviders) => change({ allowedProviders })}
				/>
				<MultiSelect
					label="Allowed agents"
					description="Empty: all, and models by themselves. Else every request must name one of these"
					searchable
					nothingFoundMessage="No such agent"
					data={agents.map(({ slug, name }) => ({ value: slug, label: name }))}
					value={[...draft.allowedAgents]}
					error={errorAt('allowedAgents')}
					onChange={(allowedAgents) => change({ allowedAgents })}
				/>
				<TagsInput
					label="Browser origins"
					description="Web pages that may use it, e.g. https://app.example"
					value={[...draft.origins]}
					error={errorAt('origins')}
					onChange={(origins) => change({ origins })}
				/>
			</Stack>
		</Fieldset>
	);
}
