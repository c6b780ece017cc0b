/** The prompt of one agent: in force, before, and what one will say before it is stored. */
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { usePages } from '../../data/queries';
import type { PromptSource, PromptVersion } from '../../data/types';
import { useSignedIn } from '../../session/session';

export function usePrompt(agent: string) {
	const { client, organization } = useSignedIn();
	return useQuery({
		queryKey: [organization, 'prompts', 'in force', agent],
		queryFn: () => client.trpc.prompts.get.query({ agent }),
	});
}

const PAGE = 20;

/** Newest first. */
export function usePromptVersions(agent: string) {
	const { client } = useSignedIn();
	return usePages<PromptVersion>({
		entity: 'prompts',
		filter: { versionsOf: agent },
		read: async (cursor) => {
			const rows = await client.trpc.prompts.history.query({
				agent,
				limit: PAGE,
				...(cursor !== null && { before: Number(cursor) }),
			});
			const last = rows.length === PAGE ? rows.at(-1) : undefined;
			return { rows, next: last && last.version > 1 ? String(last.version) : null };
		},
	});
}

export type Values = Readonly<Record<string, string | number | boolean>>;

const QUIET_MS = 250;

/** `source` null: there is nothing to show. The one before stays until the new one is there. */
export function usePreview(source: PromptSource | null, variables: Values) {
	const { client, organization } = useSignedIn();
	const [asked] = useDebouncedValue(JSON.stringify({ prompt: source, variables }), QUIET_MS);
	return useQuery({
		queryKey: [organization, 'prompt preview', asked],
		queryFn: () => client.trpc.prompts.preview.mutate(JSON.parse(asked)),
		enabled: source !== null && !asked.startsWith('{"prompt":null'),
		placeholderData: (before) => before,
		staleTime: Number.POSITIVE_INFINITY,
	});
}
