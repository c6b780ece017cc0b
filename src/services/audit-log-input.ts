/** What `audit.*` takes. */
import * as z from 'zod';
import { instant } from './inputs';

const word = z.string().min(1).max(300);

export const listAuditInput = z
	.strictObject({
		/** `agent`, `gateway-key`, `membership`, `organization`, … */
		entity: word.exactOptional(),
		entityId: word.exactOptional(),
		/** `key:<id>`, `operator`, `user:<sub>` */
		actor: word.exactOptional(),
		/** `create`, `update`, `delete`, `revoke`, `issue`, `rotate`, … */
		action: word.exactOptional(),
		/** ms since epoch or ISO 8601; from included, to not. */
		from: instant.exactOptional(),
		to: instant.exactOptional(),
		/** `next` of the page before. */
		before: z
			.string()
			.max(200)
			.regex(/^\d{1,15}-\S+$/, "before is the 'next' of an earlier answer.")
			.exactOptional(),
		/** Default: 50. */
		limit: z.int().min(1).max(200).exactOptional(),
		/** Another organization than the one acted on, a deleted one included. The operator's. */
		organizationId: word.exactOptional(),
		/** Rows that belong to no organization. The operator's. */
		platform: z.boolean().exactOptional(),
	})
	.optional();

export type ListAudit = NonNullable<z.infer<typeof listAuditInput>>;
