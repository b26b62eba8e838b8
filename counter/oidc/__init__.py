"""Sign-in with OpenID Connect: our side of it, and the provider the demo and the tests start."""
