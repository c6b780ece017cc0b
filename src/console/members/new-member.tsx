import { Button, Modal } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { PlusIcon } from '../ui/icons';
import { MemberForm } from './member-form';

export function NewMember() {
	const [opened, { open, close }] = useDisclosure(false);
	return (
		<>
			<Button leftSection={<PlusIcon />} onClick={open}>
				Add a member
			</Button>
			<Modal opened={opened} onClose={close} title="New member" closeButtonProps={{ 'aria-label': 'Close' }}>
				<MemberForm member={null} close={close} />
			</Modal>
		</>
	);
}
