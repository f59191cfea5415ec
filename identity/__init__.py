"""The relying party: who is signed in, with which tokens."""
