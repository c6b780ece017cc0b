import { Modal } from '@mantine/core';
import type { Member } from '../data/types';
import { MemberForm } from './member-form';
import { nameOf } from './roles';

interface EditMemberProps {
	/** null: closed. */
	readonly member: Member | null;
	readonly close: () => void;
}

export function EditMember({ member, close }: EditMemberProps) {
	return (
		<Modal
			opened={member !== null}
			onClose={close}
			title={member && nameOf(member)}
			closeButtonProps={{ 'aria-label': 'Close' }}
		>
			{member && <MemberForm member={member} close={close} />}
		</Modal>
	);
}
