import type { PageProps } from '../navigation/pages';
import { ProviderEditor } from './provider-editor';
import { ProviderList } from './provider-list';

/** `/providers`, `/providers/<id>`, `/providers/<id>/usage`, `/providers/<id>/models`. */
export default function ProvidersPage({ rest }: PageProps) {
	const [id = '', tab = ''] = rest.split('/');
	return id === '' ? <ProviderList /> : <ProviderEditor key={id} id={id} tab={tab} />;
}
