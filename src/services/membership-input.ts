/** What `memberships.*` takes. */
import * as z from 'zod';
import { ROLES } from '../db/schema';
import { name } from './inputs';

/** `sub` of the user's tokens, exactly as it stands there. */
export const userId = z
	.string()
	.min(1, 'Name the user: the sub of its tokens.')
	.max(256, 'A user id has at most 256 characters.')
	.refine((text) => text.isWellFormed() && !/\p{Cc}/u.test(text), 'A user id has no control characters.');

const email = z
	.string()
	.trim()
	.toLowerCase()
	.max(254, 'An e-mail address has at most 254 characters.')
	.pipe(z.email('This is no e-mail address.'));

/** Absent: stays as it is. null: forgotten. */
export const profile = {
	email: email.nullable().exactOptional(),
	name: name.nullable().exactOptional(),
};

export const membershipReference = z.strictObject({ userId });

export const setMembershipInput = z.strictObject({ userId, role: z.enum(ROLES), ...profile });

export const listMembershipsInput = z
	.strictObject({
		role: z.enum(ROLES).exactOptional(),
		/** Removed ones too. Default false. */
		removed: z.boolean().exactOptional(),
		/** `userId` of the last row of the page before. */
		after: userId.exactOptional(),
		/** Default: 500. */
		limit: z.int().min(1).max(500).exactOptional(),
	})
	.optional();

export type SetMembership = z.infer<typeof setMembershipInput>;
export type ListMemberships = NonNullable<z.infer<typeof listMembershipsInput>>;
export type UserProfile = Pick<SetMembership, 'email' | 'name'>;
