import { Center, Group, Loader, Text } from '@mantine/core';
import { useProviderKinds, useProviders } from '../data/queries';
import type { ProviderKind, ProviderRow } from '../data/types';
import { FailureAlert } from '../failure/failure-alert';
import { PageHead } from '../ui/page-head';
import { PageTabs } from '../ui/page-tabs';
import { ProviderMenu, useProviderActions } from './provider-actions';
import { ProviderFacts } from './provider-facts';
import { ProviderForm } from './provider-form';
import { ProviderModels } from './provider-models';
import { keyText, ProviderState } from './provider-state';
import { TestButton, TestResult, useProviderTest } from './provider-test';
import { ProviderUsagePanel } from './provider-usage';
import { RefusalNotice } from './refusal-notice';

interface ProviderEditorProps {
	readonly id: string;
	/** '', `usage` or `models`. */
	readonly tab: string;
}

export function ProviderEditor({ id, tab }: ProviderEditorProps) {
	const query = useProviders();
	const kinds = useProviderKinds();
	const error = query.error ?? kinds.error;
	if (error)
		return (
			<FailureAlert
				failure={error}
				title="The key could not be read"
				retry={() => void Promise.all([query.refetch(), kinds.refetch()])}
			/>
		);
	if (!query.data || !kinds.data)
		return (
			<Center p="xl">
				<Loader aria-label="Loading" />
			</Center>
		);
	const row = query.data.find((each) => each.id === id);
	const kind = row && kinds.data.find((each) => each.id === row.provider);
	if (row && kind) return <Editor row={row} kind={kind} tab={tab} />;
	return (
		<>
			<PageHead title="No such provider key" />
			<Text>This organization has none of that id.</Text>
		</>
	);
}

interface EditorProps {
	readonly row: ProviderRow;
	readonly kind: ProviderKind;
	readonly tab: string;
}

function Editor({ row, kind, tab }: EditorProps) {
	const test = useProviderTest();
	const actions = useProviderActions();
	return (
		<>
			<PageHead title={row.name} description={`${kind.label} · ${keyText(row)}`}>
				<ProviderState row={row} />
				<TestButton test={test} id={row.id} label={`Test ${row.name}`} size="sm" />
				<ProviderMenu row={row} actions={actions} size={36} />
			</PageHead>
			<FailureAlert failure={actions.failure} title="The key could not be changed" />
			<Group mb="md" mih={44} align="flex-start">
				<TestResult test={test} />
			</Group>
			<RefusalNotice row={row} rotate={actions.rotate} />
			<PageTabs
				label={row.name}
				path={`/providers/${row.id}`}
				current={tab}
				tabs={[
					{
						path: '',
						label: 'Settings',
						content:
							row.source === 'organization' ? <ProviderForm row={row} kind={kind} /> : <ProviderFacts row={row} />,
					},
					{ path: 'usage', label: 'Usage', content: <ProviderUsagePanel id={row.id} /> },
					{ path: 'models', label: 'Models', content: <ProviderModels id={row.id} /> },
				]}
			/>
			{actions.dialogs}
		</>
	);
}
