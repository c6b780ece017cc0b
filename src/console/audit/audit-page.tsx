import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { usePages } from '../data/queries';
import type { AuditEntry, AuditFilter } from '../data/types';
import { useSignedIn } from '../session/session';
import { NextPage } from '../ui/next-page';
import { PageHead } from '../ui/page-head';
import { Rows } from '../ui/rows';
import { draftOfAddress, type FilterDraft, filterOf } from './audit-filter';
import { AuditRow, COLUMNS } from './audit-row';
import { FilterFields } from './filter-fields';

const PAGE = 50;
/** ms of quiet after which what is typed is looked for. */
const QUIET_MS = 250;

function useAudit(filter: AuditFilter) {
	const { client } = useSignedIn();
	return usePages<AuditEntry>({
		entity: 'audit',
		filter,
		read: async (before, signal) => {
			const input = { ...filter, limit: PAGE, ...(before !== null && { before }) };
			const { data, next } = await client.audit.list.query(input, { signal });
			return { rows: data, next };
		},
	});
}

/** Who changed what, and when. Nothing can be changed here. */
export default function AuditPage() {
	const [draft, setDraft] = useState<FilterDraft>(() => draftOfAddress(location.search));
	const [settled] = useDebouncedValue(draft, QUIET_MS);
	const query = useAudit(filterOf(settled));
	return (
		<>
			<PageHead title="Audit" description="Every change of the configuration, newest first; nobody can alter it" />
			<FilterFields draft={draft} change={(part) => setDraft((now) => ({ ...now, ...part }))} />
			<Rows
				label="Audit"
				columns={COLUMNS}
				query={query}
				empty="No change like this."
				minWidth={900}
				row={(entry) => <AuditRow key={entry.id} entry={entry} />}
			/>
			<NextPage query={query} />
		</>
	);
}
