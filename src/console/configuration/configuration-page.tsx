import type { PageProps } from '../navigation/pages';
import { PageHead } from '../ui/page-head';
import { PageTabs } from '../ui/page-tabs';
import { AliasesTab } from './aliases/aliases-tab';
import { ContextTab } from './context/context-tab';
import { ExplainPanel } from './explain/explain-panel';
import { FallbacksTab } from './fallbacks/fallbacks-tab';
import { FileTab } from './file/file-tab';
import { CustomModelsTab } from './models/custom-models-tab';
import { PlanNotice } from './plan-notice';
import { ProfilesTab } from './profiles/profiles-tab';
import { RoutingTab } from './routing/routing-tab';

/** `/configuration` and below that one of its tabs. */
export default function ConfigurationPage({ rest }: PageProps) {
	return (
		<>
			<PageHead
				title="Configuration"
				description="What your organization decides for itself; it holds from the next request on"
			/>
			<PageTabs
				label="Parts of the configuration"
				path="/configuration"
				current={rest}
				tabs={[
					{ path: '', label: 'Profiles', content: <PlanNotice of={<ProfilesTab />} /> },
					{ path: 'aliases', label: 'Aliases', content: <PlanNotice of={<AliasesTab />} /> },
					{ path: 'fallbacks', label: 'Fallbacks', content: <PlanNotice of={<FallbacksTab />} /> },
					{ path: 'routing', label: 'Routing', content: <PlanNotice of={<RoutingTab />} /> },
					{ path: 'context', label: 'Context', content: <PlanNotice of={<ContextTab />} /> },
					{ path: 'models', label: 'Custom models', content: <CustomModelsTab /> },
					{ path: 'explain', label: 'Explain', content: <ExplainPanel /> },
					{ path: 'file', label: 'As a file', content: <FileTab /> },
				]}
			/>
		</>
	);
}
