"""Who is let in, and as whom: the local person, users of Backstage, of an OIDC provider, and holders of a key."""
