import { Group, SegmentedControl, Switch, Text } from '@mantine/core';
import { useState } from 'react';
import { useChange, usePages } from '../data/queries';
import type { GatewayKey, KeyFilter } from '../data/types';
import { useSignedIn } from '../session/session';
import { Confirmation } from '../ui/confirmation';
import { counted } from '../ui/format';
import { NextPage } from '../ui/next-page';
import { PageHead } from '../ui/page-head';
import { Rows } from '../ui/rows';
import { EditKey } from './edit-key';
import { KeyRow } from './key-row';
import { NewKey } from './new-key';
import { RotateKey } from './rotate-key';

type State = NonNullable<KeyFilter['state']> | 'all';

const PAGE = 100;

function useKeys(state: State, tokens: boolean) {
	const { client } = useSignedIn();
	const filter: KeyFilter = { ...(state !== 'all' && { state }), tokens };
	return usePages<GatewayKey>({
		entity: 'keys',
		filter,
		read: async (after, signal) => {
			const input = { ...filter, limit: PAGE, ...(after !== null && { after }) };
			const rows = await client.gatewayKeys.list.query(input, { signal });
			return { rows, next: rows.length < PAGE ? null : (rows.at(-1)?.id ?? null) };
		},
	});
}

function RevokeKey({ row, close }: { readonly row: GatewayKey | null; readonly close: () => void }) {
	const { client } = useSignedIn();
	const revoke = useChange('keys', client.gatewayKeys.revoke.mutate);
	const done = (): void => {
		close();
		revoke.reset();
	};
	return (
		<Confirmation
			opened={row !== null}
			title={`Revoke ${row?.name ?? ''}?`}
			action="Revoke key"
			pending={revoke.isPending}
			failure={revoke.error}
			confirm={() => row && revoke.mutate({ id: row.id }, { onSuccess: done })}
			close={done}
		>
			Requests with this key, and with tokens that it issued, are refused from the next one on. This can’t be undone.
		</Confirmation>
	);
}

export default function KeysPage() {
	const [state, setState] = useState<State>('all');
	const [tokens, setTokens] = useState(false);
	const [edited, setEdited] = useState<GatewayKey | null>(null);
	const [rotated, setRotated] = useState<GatewayKey | null>(null);
	const [revoked, setRevoked] = useState<GatewayKey | null>(null);
	const query = useKeys(state, tokens);
	const filtered = state !== 'all' || tokens;
	return (
		<>
			<PageHead title="Gateway keys" description="What programs sign in with">
				<NewKey />
			</PageHead>
			<Group mb="md">
				<SegmentedControl<State>
					aria-label="State"
					value={state}
					onChange={setState}
					data={[
						{ value: 'all', label: 'All' },
						{ value: 'active', label: 'Active' },
						{ value: 'expired', label: 'Expired' },
						{ value: 'revoked', label: 'Revoked' },
					]}
				/>
				<Switch
					label="Short-lived tokens too"
					checked={tokens}
					onChange={(event) => setTokens(event.currentTarget.checked)}
				/>
				<Text size="sm" c="dimmed" role="status">
					{query.data && `${counted(query.data.length, 'key')}${query.hasNextPage ? ', and more' : ''}`}
				</Text>
			</Group>
			<Rows
				label="Gateway keys"
				columns={['Key', 'Scopes', 'May use', 'Limits', 'Expires', 'Last used', 'State', 'Actions']}
				query={query}
				empty={filtered ? 'No key like this.' : 'No key yet.'}
				minWidth={1080}
				row={(row) => <KeyRow key={row.id} row={row} edit={setEdited} rotate={setRotated} revoke={setRevoked} />}
			/>
			<NextPage query={query} />
			<EditKey row={edited} close={() => setEdited(null)} />
			<RotateKey row={rotated} close={() => setRotated(null)} />
			<RevokeKey row={revoked} close={() => setRevoked(null)} />
		</>
	);
}
