import { useSignedIn } from '../session/session';
import { OrganizationList } from './organization-list';
import { OwnOrganization } from './own-organization';

/** The operator's all, a manager's own. */
export default function OrganizationsPage() {
	const { access } = useSignedIn();
	return access.role === 'operator' ? <OrganizationList /> : <OwnOrganization />;
}
