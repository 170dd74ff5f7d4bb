import { useState } from 'react';
import { ProxiedSignInPage } from '@backstage/core-components';
import { createFrontendModule } from '@backstage/frontend-plugin-api';
import { SignInPageBlueprint, type SignInPageProps } from '@backstage/plugin-app-react';
import { Button, Flex, Text } from '@backstage/ui';

const PERSONAS = [
  { name: 'claire', label: 'Claire, administrator of FinOps' },
  { name: 'malik', label: 'Malik, controller: sees every application' },
  { name: 'ines', label: 'Inès, payments: sees her own applications' },
];

/** Choose who you are: see the backend's module of this name. */
function PersonaPage(props: SignInPageProps) {
  const [name, setName] = useState<string>();
  if (name) return <ProxiedSignInPage {...props} provider="personas" headers={{ 'x-persona': name }} />;
  return (
    <main>
      <Flex direction="column" align="center" gap="4" style={{ padding: 64 }}>
        <Text as="h1" variant="title-medium">
          Who are you?
        </Text>
        {PERSONAS.map(persona => (
          <Button key={persona.name} variant="secondary" onPress={() => setName(persona.name)}>
            {persona.label}
          </Button>
        ))}
      </Flex>
    </main>
  );
}

export const personasModule = createFrontendModule({
  pluginId: 'app',
  extensions: [SignInPageBlueprint.make({ params: { loader: async () => PersonaPage } })],
});
