import { createApp } from '@backstage/frontend-defaults';
import catalogPlugin from '@backstage/plugin-catalog/alpha';
import userSettingsPlugin from '@backstage/plugin-user-settings/alpha';
import finopsPlugin from '@finops-assets/backstage-plugin-finops';
import { personasModule } from './personas';

export default createApp({
  features: [catalogPlugin, userSettingsPlugin, finopsPlugin, personasModule],
});
